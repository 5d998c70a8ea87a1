"""How the bundled nano model is made: data, losses, recipe, evaluation."""
