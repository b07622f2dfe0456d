"""The pages of filing, one file a question: each parses, asks one rule, and shows the next."""
