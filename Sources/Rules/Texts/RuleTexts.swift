/// Faults of rule files, registers, overrides and bundles.
enum RuleTexts {}
