package main_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

// pixel is a PNG of one pixel, with line feeds and bytes that are no text.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

// uploaders are the programs that send an upload. check is a command that ends with 0 where the library is there.
func uploaders() []struct {
	name           string
	command, check []string
	env            string
} {
	return []struct {
		name           string
		command, check []string
		env            string
	}{
		{"Go", []string{"go", "run", "./upload"}, []string{"go", "version"}, ""},
		{"Node, fetch", []string{"node", "upload.mjs"}, []string{"node", "--version"}, ""},
		{"Node, axios", []string{"node", "upload.mjs"}, []string{"node", "-e", "import('axios').catch(() => process.exit(1))"}, "AWAL_HTTP=axios"},
		{"Python, urllib", []string{"python3", "upload.py"}, []string{"python3", "--version"}, ""},
		{"Python, requests", []string{"python3", "upload_requests.py"}, []string{"python3", "-c", "import requests"}, ""},
		{"PHP, curl", []string{"php", "upload.php"}, []string{"php", "-r", "exit(function_exists('curl_init') ? 0 : 1);"}, ""},
		{"Java", []string{"java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "Upload.java"}, []string{"java", "-version"}, ""},
		{"shell", []string{"sh", "upload.sh"}, []string{"sh", "-c", "command -v curl && command -v openssl"}, ""},
	}
}

func TestTheMockAcceptsTheUploadOfEveryProgram(t *testing.T) {
	t.Parallel()
	mock := mocktest.Start(t)
	picture, err := base64.StdEncoding.DecodeString(pixel)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "menu.png")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	target := "/w/message/media?phone_number_id=" + mock.PhoneNumberID
	for _, u := range uploaders() {
		t.Run(u.name, func(t *testing.T) {
			t.Parallel()
			if out, err := exec.CommandContext(t.Context(), u.check[0], u.check[1:]...).CombinedOutput(); err != nil {
				t.Skipf("the upload with %s is not tried, it is not on this machine: %v %.200s", u.name, err, out)
			}
			for _, c := range []struct{ secret, status, says string }{{mock.Secret, "200", `"status":"sent"`}, {"another", "401", "authentication_failed"}} {
				arguments := slices.Concat(u.command[1:], []string{target, file, "image/png", "phone=966500000902", "type=image", "caption=القائمة = menu"})
				command := exec.CommandContext(t.Context(), u.command[0], arguments...)
				command.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "AWAL_SECRET="+c.secret, "AWAL_BASE_URL="+mock.URL, "AWAL_DOMAIN="+mock.Domain, "AWAL_CLIENT_ID="+mock.ClientID, u.env)
				var complaint strings.Builder
				command.Stderr = &complaint
				out, err := command.Output()
				lines := strings.SplitN(string(out), "\n", 3)
				if err != nil || len(lines) != 3 || !strings.HasPrefix(lines[0], "sha256=") || lines[1] != c.status || !strings.Contains(lines[2], c.says) {
					t.Errorf("%v: printed %q, want %s with %s\n%s", err, out, c.status, c.says, complaint.String())
				}
			}
		})
	}
}
