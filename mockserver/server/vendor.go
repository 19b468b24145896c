package server

import (
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/spec"
)

// awal is what the engine has to know of the vendor's API beside its document.
func awal() engine.Vendor {
	return engine.Vendor{
		// D: vendor page api/authentication/required-headers.
		Headers: engine.AuthHeaders{Signature: "X-Awal-Signature-256", Timestamp: "X-Timestamp", Workspace: "X-Domain", Client: "X-Client-ID"},
		// I: the vendor documents the headers, and no name for the scheme.
		Challenge: `AWAL-HMAC-SHA256 realm="Awal Conversations API"`,
		// D: vendor page api/rate-limiting.
		Limits: engine.LimitHeaders{Limit: "X-RateLimit-Limit", Remaining: "X-RateLimit-Remaining", Reset: "X-RateLimit-Reset"},
		// E: vendor page api/versioning.
		Deprecation: engine.DeprecationHeaders{Deprecated: "X-API-Deprecated", Date: "X-API-Deprecation-Date", Sunset: "X-API-Sunset-Date"},
		// I: the page has a limit for some operations only.
		Rate: spec.RateLimit{Limit: 200, Window: time.Minute},
		Messages: map[string]string{
			"invalid_phone_number": "The phone number must be in international form without + or zeros before it, such as 96650000000.",
		},
	}
}
