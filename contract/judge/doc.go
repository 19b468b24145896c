// Package judge has the rules that every recorded exchange must keep: schema, strict JSON, headers, and the relations between the rows of one answer. A rule is
// a function of one exchange. It sends no request and does not know the run, so any program that records exchanges can use it.
package judge
