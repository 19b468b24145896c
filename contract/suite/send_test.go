package suite_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"example.com/awalmock/contract/suite"
)

func TestOnlyPhonesThatAreGivenMayBeWrittenTo(t *testing.T) {
	t.Parallel()
	good := suite.Config{BaseURL: "http://127.0.0.1:1", Credentials: standInCredentials, Capabilities: []string{"send"}, SendTo: []string{"966550000001"}}
	for want, change := range map[string]func(*suite.Config){
		"send needs phones that may be written to":    func(c *suite.Config) { c.SendTo = nil },
		"tickets needs phones that may be written to": func(c *suite.Config) { c.SendTo, c.Capabilities = nil, []string{"tickets"} },
		`digits only, such as 966550000001, not "+9"`: func(c *suite.Config) { c.SendTo = []string{"+9"} },
		"production writes nothing":                   func(c *suite.Config) { c.Profile = suite.ProfileProduction },
	} {
		cfg := good
		change(&cfg)
		_, err := suite.Run(context.Background(), cfg)
		var usage *suite.UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want a UsageError with %q", err, want)
		}
	}
}

func TestEachLimitOfASendHasACaseThatIsMadeFromTheSchema(t *testing.T) {
	t.Parallel()
	listing, err := suite.List(suite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for _, c := range listing.Cases {
		ids[c.ID] = c.Requirement
	}
	for id, requirement := range map[string]string{
		"sendTextMessage.body.body.maxLength":        "SEND-TEXT-LENGTH",
		"sendButtonMessage.body.maxLength":           "SEND-BUTTON-LENGTHS",
		"sendListMessage.body.items":                 "SEND-LIST",
		"sendLocationMessage.body.bounds":            "SEND-LOCATION-BOUNDS",
		"sendTemplateMessage.form.content":           "SEND-TEMPLATE-PARAMETERS-JSON",
		"sendMediaMessage.form.required":             "sendMediaMessage.form.required",
		"updateTicket.body.route.enum":               "TICKET-ROUTE",
		"sendListMessage.body.unique":                "SEND-LIST-ID-UNIQUE",
		"sendLocationMessage.body.location.required": "SEND-LOCATION",
	} {
		if ids[id] != requirement {
			t.Errorf("%s belongs to %q, want %q", id, ids[id], requirement)
		}
	}
}
