package server_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// uploadCall is an upload whose signature covers body.
func uploadCall(t *testing.T, m *mock, target, covered string) call {
	t.Helper()
	body, contentType := form(t, field("phone", "96650000000"), field("type", "image"), file("file", png))
	if covered == "the body" {
		covered = body
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	return call{
		method: "POST", target: target, body: body, at: now, header: []string{"Content-Type: " + contentType},
		auth: map[string]string{"X-Awal-Signature-256": sign(m.Secret, "POST", target, now, covered)},
	}
}

func TestAnUploadMayBeSignedWithoutItsBodyWhereTheSwitchSaysSo(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string][2]int{"": {200, 401}, "body": {200, 401}, "empty": {401, 200}, "either": {200, 200}} {
		m := start(t, mocktest.SignedUpload(mode))
		for i, covered := range []string{"the body", ""} {
			a := m.do(t, uploadCall(t, m, sendTo("media"), covered))
			if a.status != want[i] {
				t.Errorf("--signed-upload=%s, signed over %q: %d %s", mode, covered, a.status, a.body)
			}
			hint := map[string]string{"": "the body was left out", "the body": "the body was signed"}[covered]
			if a.status == 401 && !strings.Contains(a.detail("hint"), hint) {
				t.Errorf("--signed-upload=%s, signed over %q: no hint %q: %s", mode, covered, hint, a.body)
			}
			if shown := strings.Contains(a.detail("string_to_sign"), "bytes, sha256"); a.status == 401 && shown != (mode != "empty") {
				t.Errorf("--signed-upload=%s: string_to_sign %q", mode, a.detail("string_to_sign"))
			}
			m.do(t, uploadCall(t, m, sendTo("media"), "neither of them")).is(t, 401, "authentication_failed")
		}
	}
}

func TestAJSONBodyIsSignedWhateverIsSignedOfAnUpload(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.SignedUpload("empty"))
	text := `{"phone":"96650000000","body":"Hello"}`
	m.do(t, call{method: "POST", target: sendTo("text"), body: text}).is(t, 200, "")
	now := strconv.FormatInt(time.Now().Unix(), 10)
	m.do(t, call{
		method: "POST", target: sendTo("text"), body: text, at: now,
		auth: map[string]string{"X-Awal-Signature-256": sign(m.Secret, "POST", sendTo("text"), now, "")},
	}).is(t, 401, "authentication_failed")
}

func TestAnUploadToAnOperationThatTakesNoneIsSignedAlike(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.SignedUpload("empty"))
	m.do(t, uploadCall(t, m, sendTo("text"), "")).is(t, 415, "unsupported_media_type")
	m.do(t, uploadCall(t, m, sendTo("text"), "the body")).is(t, 401, "authentication_failed")
}

func TestTheMocksOwnClientAndTheControlAPISignAnUploadAsTheSwitchSays(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"body", "empty", "either"} {
		m := start(t, mocktest.SignedUpload(mode))
		body, contentType := form(t, field("phone", "96650000000"), field("type", "image"), file("file", png))
		response, err := m.Client().Post(m.URL+sendTo("media"), contentType, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("--signed-upload=%s, the mock's client: %d %s", mode, response.StatusCode, text)
		}
		ask, err := json.Marshal(map[string]string{
			"method": "POST", "target": sendTo("media"), "content_type": contentType, "body_base64": base64.StdEncoding.EncodeToString([]byte(body)),
		})
		if err != nil {
			t.Fatal(err)
		}
		headers, _ := m.admin(t, 200, "POST", "/sign", string(ask)).value["headers"].(map[string]any)
		auth := map[string]string{}
		for name, value := range headers {
			auth[name], _ = value.(string)
		}
		a := m.do(t, call{method: "POST", target: sendTo("media"), body: body, header: []string{"Content-Type: " + contentType}, auth: auth})
		if a.status != http.StatusOK {
			t.Errorf("--signed-upload=%s, signed by the control API: %d %s", mode, a.status, a.body)
		}
	}
}
