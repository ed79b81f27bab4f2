"""How fast MPAX is, measured. Each figure stands beside a floor taken in the same run, turn by turn with it.

Not part of the product: nothing in `backend` or `app` imports this package. `mpax bench` runs it.
"""
