package environment

// ForbidCore does nothing: Windows writes no dump of a process that ends by
// itself, as Go programs do.
func ForbidCore() {}
