"""
The drill: a portal of its own in which a scripted storm trains the operators.

`storm` reads the script, `places` chooses its houses, `running` starts and stops, `playing` files
the calls and answers for the residents, `watching` reads what was done, `marks` judges it, `gate`
closes what a drill has not, `copying` brings registry and accounts in.
"""
