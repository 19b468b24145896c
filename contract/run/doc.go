// Package run runs cases against a target: it finds the target, crawls it once, schedules the cases, collects what they find, and sums up
// the run in a Report. It does not know what the cases check.
package run
