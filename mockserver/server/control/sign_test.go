package control_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// uploadForm is an upload of an image with size bytes, and its Content-Type.
func uploadForm(t *testing.T, size int) (form []byte, contentType string) {
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for name, value := range map[string]string{"phone": "96650000000", "type": "image"} {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.CreateFormFile("file", "صورة.png")
	if err != nil {
		t.Fatal(err)
	}
	image, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(append(image, bytes.Repeat([]byte{0xff, 0x00}, size/2)...)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), w.FormDataContentType()
}

func toSign(t *testing.T, body []byte) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"method": "POST", "target": "/w/message/media?phone_number_id=123456", "body_base64": body})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAnUploadIsSignedByItsBytes(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, size := range []int{0, 4 << 20} {
		form, contentType := uploadForm(t, size)
		headers := []string{"Content-Type", contentType}
		for name, value := range at(t, admin(t, m, 200, "POST", "/sign", toSign(t, form)), "headers").(object) {
			headers = append(headers, name, value.(string))
		}
		answer, text := roundTrip(t, &http.Client{}, "POST", m.URL+"/w/message/media?phone_number_id=123456", string(form), headers...)
		if answer.StatusCode != 200 {
			t.Errorf("%d bytes: %d %s", len(form), answer.StatusCode, text)
		}
	}
}

func TestABodyToSignIsTextOrBase64(t *testing.T) {
	t.Parallel()
	m := start(t, func(o *mocktest.Options) { o.Now = func() time.Time { return noon } })
	for body, field := range map[string]string{
		`{"method":"POST","target":"/x","body":"a","body_base64":"YQ=="}`: "body_base64",
		`{"method":"POST","target":"/x","body_base64":"YQ"}`:              "body_base64",
		`{"method":"POST","target":"/x","body_base64":"Y_-="}`:            "body_base64",
		`{"method":"POST","target":"/x","body_base64":7}`:                 "body_base64",
	} {
		details := at(t, admin(t, m, 400, "POST", "/sign", body), "details").(object)
		if details[field] == nil {
			t.Errorf("%s: %v", body, details)
		}
	}
	text := admin(t, m, 200, "POST", "/sign", `{"method":"POST","target":"/x","body":"a"}`)
	if inBase64 := admin(t, m, 200, "POST", "/sign", `{"method":"POST","target":"/x","body_base64":"YQ=="}`); !reflect.DeepEqual(text, inBase64) {
		t.Errorf("the same body in two forms: %v, %v", text, inBase64)
	}
}

func TestALargeBodyToSignIsReadOnlyFromCallersThatMayUseTheControlAPI(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.ControlToken("s3cret"))
	large := toSign(t, make([]byte, 1<<20))
	admin(t, m, 401, "POST", "/sign", large)
	admin(t, m, 401, "POST", "/sign", large, "Authorization", "Bearer wrong")
	admin(t, m, 403, "POST", "/sign", large, "Authorization", "Bearer s3cret", "Sec-Fetch-Site", "cross-site")
	admin(t, m, 200, "POST", "/sign", large, "Authorization", "Bearer s3cret")
	admin(t, m, 413, "POST", "/sign", toSign(t, make([]byte, 19<<20)), "Authorization", "Bearer s3cret")
	admin(t, m, 413, "POST", "/conversations", `{"phone":"966500000000","name":"`+strings.Repeat("x", 1<<20)+`"}`, "Authorization", "Bearer s3cret")
}
