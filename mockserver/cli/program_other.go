//go:build !linux

package cli

// releaseProgram does nothing here.
func releaseProgram() {}
