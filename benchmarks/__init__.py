"""How fast is it, beside what a user would pick instead? Figures and ratios; nothing asserts."""
