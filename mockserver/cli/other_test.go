//go:build !unix

package cli

import "testing"

func runTests(m *testing.M) int { return m.Run() }
