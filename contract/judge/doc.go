// Package judge says what must hold for any recorded exchange: schema, strict JSON, headers, and what the rows of an answer say of each other.
// It asks nothing and knows no run, so that any program that records exchanges can use it.
package judge
