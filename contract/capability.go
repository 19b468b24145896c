package main

import (
	"fmt"
	"slices"
	"strings"

	"example.com/awalmock/contract/suite"
)

// capabilities reads the claims. One that is switched off is taken back, so that a flag can overrule a config file; send=text,media claims these
// kinds of messages only, and send alone claims all of them again.
func capabilities(list []string) (on, kinds []string, err error) {
	inKinds := false
	for _, entry := range list {
		name, state, given := strings.Cut(entry, "=")
		if inKinds && !given && !isCapability(name) { // what follows a comma in send=text,media
			kinds = append(kinds, name)
			continue
		}
		inKinds = false
		switch {
		case given && state == "off":
			if name == suite.CapabilitySend {
				kinds = nil
			}
			on = slices.DeleteFunc(on, func(other string) bool { return other == name })
			if !isCapability(name) {
				on = append(on, name) // the suite will name the nearest
			}
			continue
		case name == suite.CapabilitySend && given && state != "on":
			kinds, inKinds = append(kinds, state), true
		case given && state != "on":
			return nil, nil, fmt.Errorf("--capability %s: write %s or %s=off", entry, name, name)
		case name == suite.CapabilitySend:
			kinds = nil
		}
		if !slices.Contains(on, name) {
			on = append(on, name)
		}
	}
	return on, kinds, nil
}

func isCapability(name string) bool {
	return slices.ContainsFunc(suite.Capabilities(), func(c suite.Capability) bool { return c.Name == name })
}
