"""What was won for residents, in public: rubles on bills and works, never a person."""
