package server_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/mocktest"
)

func fourHeaders() []string {
	return []string{"X-Awal-Signature-256", "X-Timestamp", "X-Domain", "X-Client-ID"}
}

const listing = "/conversations?phone_number_id=123456"

// century is far from now, and never moves: deadlines of connections lie ahead of it.
func century() time.Time { return time.Date(2099, 1, 1, 10, 0, 30, 0, time.UTC) }

func at(now time.Time) mocktest.Option {
	return with(func(o *mocktest.Options) { o.Now = func() time.Time { return now } })
}

func TestEachOfTheFourHeadersMissingOrEmptyIs401ThatNamesIt(t *testing.T) {
	t.Parallel()
	m := start(t)
	eachOperation(t, func(t *testing.T, op operation) {
		for _, name := range fourHeaders() {
			for _, value := range []string{"-", ""} {
				r := op.request()
				r.auth = map[string]string{name: value}
				m.do(t, r).is(t, 401, "authentication_failed").names(t, name)
			}
		}
	})
}

func TestAllMissingHeadersAreNamedTogether(t *testing.T) {
	t.Parallel()
	all := map[string]string{}
	for _, name := range fourHeaders() {
		all[name] = "-"
	}
	m := start(t)
	eachOperation(t, func(t *testing.T, op operation) {
		r := op.request()
		r.auth = all
		m.do(t, r).is(t, 401, "authentication_failed").names(t, fourHeaders()...)
	})
}

func TestMissingHeadersCanBe400(t *testing.T) {
	t.Parallel()
	for _, auth := range []string{"hmac", "headers"} {
		m := start(t, mocktest.Auth(auth), with(func(o *mocktest.Options) { o.MissingHeaders = 400 }))
		for _, name := range fourHeaders() {
			m.do(t, call{target: listing, auth: map[string]string{name: "-"}}).is(t, 400, "missing_headers").names(t, name)
		}
		if auth == "hmac" {
			m.do(t, call{target: listing, secret: "wrong"}).is(t, 401, "authentication_failed")
		}
	}
}

func TestAHeaderSentTwiceIs401(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, name := range fourHeaders() {
		for _, value := range []string{"x", m.Domain, ""} {
			m.do(t, call{target: listing, header: []string{name + ": " + value}}).is(t, 401, "authentication_failed").names(t, name)
		}
	}
}

func TestAWrongOrMalformedSignatureIs401(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	clock := time.Now()
	m := start(t, with(func(o *mocktest.Options) {
		o.Now = func() time.Time { // each request in a second of its own, since hints are counted by the second
			mu.Lock()
			defer mu.Unlock()
			clock = clock.Add(time.Second)
			return clock
		}
	}))
	now := strconv.FormatInt(time.Now().Unix(), 10)
	right := sign(m.Secret, "GET", listing, now, "")
	digest := strings.TrimPrefix(right, "sha256=")
	raw, err := hex.DecodeString(digest)
	if err != nil {
		t.Fatal(err)
	}
	for name, header := range map[string]string{
		"another digest": "sha256=" + strings.Repeat("0", 64), "no prefix": digest, "prefix in another case": "SHA256=" + digest,
		"another prefix": "sha512=" + digest, "prefix twice": "sha256=" + right, "a digit less": right[:len(right)-1],
		"a digit more": right + "0", "no hex": "sha256=" + strings.Repeat("g", 64), "base64": "sha256=" + base64.StdEncoding.EncodeToString(raw),
		"a space inside": "sha256= " + digest, "only the prefix": "sha256=", "quoted": `"` + right + `"`, "garbage": "\xff\xfe",
		"the last digit changed": right[:len(right)-1] + map[bool]string{true: "1", false: "0"}[right[len(right)-1] == '0'],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := m.do(t, call{target: listing, at: now, auth: map[string]string{"X-Awal-Signature-256": header}}).is(t, 401, "authentication_failed")
			if a.detail("string_to_sign") != "GET"+listing+now {
				t.Errorf("%s", a.body)
			}
			if strings.Contains(string(a.body), digest) || strings.Contains(string(a.body), m.Secret) {
				t.Errorf("the answer shows digest or secret: %s", a.body)
			}
		})
	}
	for _, hex := range []string{strings.ToUpper(digest), digest} {
		m.do(t, call{target: listing, at: now, auth: map[string]string{"X-Awal-Signature-256": "sha256=" + hex}}).is(t, 200, "")
	}
}

func TestUnknownWorkspaceUnknownClientAndForeignClientHaveOneAnswer(t *testing.T) {
	t.Parallel()
	m := start(t)
	other := m.Workspaces()[1]
	var bodies []string
	for _, auth := range []map[string]string{
		{"X-Domain": "nowhere"}, {"X-Client-ID": "nobody"}, {"X-Client-ID": other.ClientID}, {"X-Domain": other.Domain}, {"X-Domain": "YOUR-WORKSPACE"},
	} {
		a := m.do(t, call{target: listing, auth: auth}).is(t, 401, "authentication_failed")
		bodies = append(bodies, a.sameButID())
		for _, word := range []string{"workspace is unknown", "client is unknown", "another workspace"} {
			if !strings.Contains(fmt.Sprint(a.value["message"]), word) {
				t.Errorf("message lacks %q: %s", word, a.body)
			}
		}
	}
	if len(slices.Compact(bodies)) != 1 {
		t.Errorf("the answers differ between the cases: %q", bodies)
	}
}

func TestATimestampThatIsNotOneToThirteenDigitsIs401(t *testing.T) {
	t.Parallel()
	m := start(t, with(func(o *mocktest.Options) { o.MaxSkew = "off" }))
	for _, stamp := range []string{"abc", "1.5", "-1", "+1", "1e9", "0x10", "12345678901234", "1 2", "0001", "01704124800", "00", "١٧٠٤", "2024-01-20T12:00:00Z"} {
		m.do(t, call{target: listing, at: stamp}).is(t, 401, "authentication_failed").names(t, "X-Timestamp")
	}
	for _, stamp := range []string{"0", "1", "1704124800", "1704124800000", "9999999999999"} {
		m.do(t, call{target: listing, at: stamp}).is(t, 200, "")
	}
}

func TestATimestampTooOldOrTooFarAheadIs403WithTheServersTime(t *testing.T) {
	t.Parallel()
	for skew, limit := range map[string]int64{"": 300, "1h": 3600} {
		m := start(t, at(century()), with(func(o *mocktest.Options) { o.MaxSkew = skew }))
		now := century().Unix()
		for _, off := range []int64{limit + 1, -limit - 1, 86400} {
			a := m.do(t, call{target: listing, at: strconv.FormatInt(now+off, 10)}).is(t, 403, "timestamp_expired")
			if a.detail("server_time") != strconv.FormatInt(now, 10) || strings.Contains(a.detail("X-Timestamp"), "millisecond") {
				t.Errorf("%s", a.body)
			}
		}
		for _, off := range []int64{0, limit, -limit} {
			m.do(t, call{target: listing, at: strconv.FormatInt(now+off, 10)}).is(t, 200, "")
		}
		a := m.do(t, call{target: listing, at: strconv.FormatInt(now, 10) + "000"}).is(t, 403, "timestamp_expired")
		if !strings.Contains(a.detail("X-Timestamp"), "milliseconds were sent") {
			t.Errorf("%s", a.body)
		}
	}
}

func TestTheTimestampIsComparedWithTheMachinesTimeWhateverTheWorkspaceClock(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.StoppedClock(time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)))
	m.do(t, call{target: listing}).is(t, 200, "")
	m.do(t, call{target: listing, at: "981173106"}).is(t, 403, "timestamp_expired")
}

func TestSignatureAndTimestampBothWrongIs401(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.do(t, call{target: listing, at: "1704124800", secret: "wrong"}).is(t, 401, "authentication_failed")
	m.do(t, call{target: listing, at: "x", secret: "wrong"}).is(t, 401, "authentication_failed")
}

func TestTheSameSignatureAgainIsAcceptedUnlessReplaysAreRejected(t *testing.T) {
	t.Parallel()
	r := call{target: listing, at: strconv.FormatInt(time.Now().Unix(), 10)}
	m := start(t)
	m.do(t, r).is(t, 200, "")
	m.do(t, r).is(t, 200, "")

	m = start(t, with(func(o *mocktest.Options) { o.RejectReplays = true }))
	m.do(t, r).is(t, 200, "")
	m.do(t, r).is(t, 401, "authentication_failed").names(t, "X-Awal-Signature-256")
	shouted := "sha256=" + strings.ToUpper(strings.TrimPrefix(sign(m.Secret, "GET", listing, r.at, ""), "sha256="))
	m.do(t, call{target: listing, at: r.at, auth: map[string]string{"X-Awal-Signature-256": shouted}}).is(t, 401, "authentication_failed")
	m.do(t, call{target: listing + "&status=my", at: r.at}).is(t, 200, "")
	if err := m.UseSpec("openapi.yaml", nil); err != nil { // nil: the project's own, once more
		t.Fatal(err)
	}
	m.do(t, r).is(t, 401, "authentication_failed")
}

func TestAnAcceptedSignatureIsRememberedForTwiceTheSkew(t *testing.T) {
	t.Parallel()
	c := newClock(century())
	m := start(t, with(func(o *mocktest.Options) { o.RejectReplays, o.Now, o.MaxSkew = true, c.now, "1m" }))
	ahead := strconv.FormatInt(century().Add(time.Minute).Unix(), 10)
	m.do(t, call{target: listing, at: ahead}).is(t, 200, "")
	c.add(2 * time.Minute) // the timestamp is still inside the window
	m.do(t, call{target: listing, at: ahead}).is(t, 401, "authentication_failed").names(t, "X-Awal-Signature-256")
	c.add(time.Second)
	m.do(t, call{target: listing, at: ahead}).is(t, 403, "timestamp_expired")
}

func TestAcceptIsNotNeededAndTheVersionIsV1OrAbsent(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), with(func(o *mocktest.Options) { o.MaxSkew = "off" }))
	eachOperation(t, func(t *testing.T, op operation) {
		for _, version := range []string{"v2", "1", "V1", "v1 beta"} {
			r := op.request()
			r.header = append(r.header, "X-API-Version: "+version)
			m.do(t, r).is(t, 400, "validation_failed").names(t, "X-API-Version")
		}
		r := op.request()
		r.header = append(r.header, "X-API-Version: v1") // no Accept in any of these
		m.do(t, r).is(t, op.status, op.code)
		if op.id != "updateTicket" { // a second one is a conflict
			m.do(t, op.request()).is(t, op.status, op.code)
		}
	})
}

func TestTheStringToSignIsTheTargetAsItStandsInTheRequestLine(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for _, target := range []string{
		listing, listing + "&searchTerm=Ahmed%20Mohammed", listing + "&searchTerm=Ahmed+Mohammed", listing + "&searchTerm=%D8%A3", listing + "&searchTerm=%d8%a3",
		"/conversations?status=unread&phone_number_id=123456", listing + "&", listing + "&searchTerm", listing + "&searchTerm=a?b/c", "/conversations?phone%5Fnumber%5Fid=123456",
		"/conversations/%31?phone_number_id=123456", "/waba-numbers", "/waba-numbers?", listing + "&searchTerm=أحمد", listing + "&searchTerm='a'",
	} {
		m.do(t, call{target: target}).is(t, 200, "")
	}
	for sent, signed := range map[string]string{
		listing + "&searchTerm=a%20b": listing + "&searchTerm=a b", listing + "&searchTerm=a+b": listing + "&searchTerm=a%20b",
		listing + "&searchTerm=%d8%a3":                        listing + "&searchTerm=%D8%A3",
		"/conversations?status=unread&phone_number_id=123456": "/conversations?phone_number_id=123456&status=unread",
		"/conversations/%31?phone_number_id=123456":           "/conversations/1?phone_number_id=123456", "/waba-numbers?": "/waba-numbers",
		"/waba-numbers": base + "/waba-numbers",
	} {
		a := m.do(t, call{target: sent, signed: signed}).is(t, 401, "authentication_failed")
		if !strings.HasPrefix(a.detail("string_to_sign"), "GET"+sent) {
			t.Errorf("%s: %s", sent, a.body)
		}
	}
}

func TestMethodTimestampAndBodyBytesAreSigned(t *testing.T) {
	t.Parallel()
	m := start(t)
	now := strconv.FormatInt(time.Now().Unix(), 10)
	target, body := "/w/message/text?phone_number_id=123456", `{"phone": "96650000000",  "body":"Hello \u00e9"}`
	good := call{method: "POST", target: target, body: body, at: now}
	m.do(t, good).is(t, 200, "")
	for name, signature := range map[string]string{
		"another method":    sign(m.Secret, "PUT", target, now, body),
		"lower case method": sign(m.Secret, "post", target, now, body),
		"another timestamp": sign(m.Secret, "POST", target, now+"0", body),
		"re-serialised":     sign(m.Secret, "POST", target, now, `{"phone":"96650000000","body":"Hello é"}`),
		"no body":           sign(m.Secret, "POST", target, now, ""),
		"a newline more":    sign(m.Secret, "POST", target, now, body+"\n"),
	} {
		r := good
		r.auth = map[string]string{"X-Awal-Signature-256": signature}
		a := m.do(t, r).is(t, 401, "authentication_failed")
		want := fmt.Sprintf("POST%s%s<%d bytes, sha256 ", target, now, len(body))
		if got := a.detail("string_to_sign"); !strings.HasPrefix(got, want) || strings.Contains(got, "phone\"") {
			t.Errorf("%s: string_to_sign %q", name, got)
		}
	}
}

func TestTheSignedPathCanBeFullOrEither(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string][2]int{"relative": {200, 401}, "full": {401, 200}, "either": {200, 200}} {
		m := start(t, with(func(o *mocktest.Options) { o.SignedPath = mode }))
		for i, signed := range []string{listing, base + listing} {
			if a := m.do(t, call{target: listing, signed: signed}); a.status != want[i] {
				t.Errorf("--signed-path=%s, signed %s: %d", mode, signed, a.status)
			}
		}
	}
}

func TestAuthHeadersChecksPresenceAndThatTheWorkspaceExists(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.Auth("headers"))
	junk := map[string]string{"X-Awal-Signature-256": "x", "X-Timestamp": "x", "X-Client-ID": "anybody"}
	m.do(t, call{target: listing, auth: junk}).is(t, 200, "")
	for _, name := range fourHeaders() {
		m.do(t, call{target: listing, auth: map[string]string{name: "-"}}).is(t, 401, "authentication_failed").names(t, name)
	}
	m.do(t, call{target: listing, auth: map[string]string{"X-Domain": "nowhere"}}).is(t, 401, "authentication_failed")
	m.do(t, call{target: "/conversations?phone_number_id=654321", auth: map[string]string{"X-Domain": "other-workspace"}}).is(t, 200, "")
}

func TestAuthOffTakesTheDomainIfSentElseTheDefaultWorkspace(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.Auth("off"), unlimited())
	nothing := map[string]string{"X-Awal-Signature-256": "-", "X-Timestamp": "-", "X-Client-ID": "-", "X-Domain": "-"}
	eachOperation(t, func(t *testing.T, op operation) {
		r := op.request()
		r.auth = nothing
		m.do(t, r).is(t, op.status, op.code)
	})
	m.do(t, call{target: "/conversations?phone_number_id=654321", auth: nothing}).is(t, 404, "resource_not_found")
	other := map[string]string{"X-Awal-Signature-256": "-", "X-Domain": "other-workspace"}
	m.do(t, call{target: "/conversations?phone_number_id=654321", auth: other}).is(t, 200, "")
	unknown := map[string]string{"X-Domain": "nowhere"}
	m.do(t, call{target: listing, auth: unknown}).is(t, 401, "authentication_failed")
}

func TestTheSignatureVectorsAreAcceptedThroughHTTP(t *testing.T) {
	t.Parallel()
	var file struct {
		Vectors []struct {
			Name, Secret, Method, Target, Timestamp, Body, Signature string
			SignedPath                                               string `json:"signed_path"`
		}
	}
	if err := json.Unmarshal(fixtures.SignatureVectors(), &file); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, v := range file.Vectors {
		if v.Secret != "your-hmac-secret" {
			continue
		}
		tried++
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			m := start(t, with(func(o *mocktest.Options) { o.MaxSkew, o.SignedPath = "off", v.SignedPath }))
			target := strings.TrimPrefix(v.Target, base)
			a := m.do(t, call{
				method: v.Method, target: target, body: v.Body, at: v.Timestamp, auth: map[string]string{"X-Awal-Signature-256": v.Signature},
			})
			if a.status == http.StatusUnauthorized || a.status == http.StatusForbidden || a.status >= 500 {
				t.Errorf("%d %s", a.status, a.body)
			}
			if v.Method == http.MethodGet {
				a.is(t, 200, "")
			}
		})
	}
	if tried < 5 {
		t.Errorf("%d vectors only", tried)
	}
}
