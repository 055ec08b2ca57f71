"""The five verbs: observe, evaluate, plan, apply, rollback, and the journal between them."""
