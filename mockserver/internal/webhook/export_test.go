package webhook

// What tests look at from outside.
var (
	IsID     = isID
	ChangeOf = changeOf
)
