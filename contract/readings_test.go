package main

import (
	"strings"
	"testing"

	"example.com/awalmock/mockserver/server"
)

// reading is the mock under one reading of what the vendor leaves open, and how to reach it.
func reading(t *testing.T, options server.Options) []string {
	t.Helper()
	options.RateLimit = "100000/1m"
	s, err := server.New(options)
	if err != nil {
		t.Fatal(err)
	}
	w := s.Workspaces()[0]
	return []string{"--base-url", serve(t, s), "--domain", w.Domain, "--client-id", w.ClientID, "--hmac-secret", w.Secret, "--phone-number-id", w.PhoneNumberIDs[0]}
}

func TestAnUploadMayBeSignedWithItsBodyOrWithout(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"body", "empty"} {
		args := append(reading(t, server.Options{SignedUpload: mode}), "--capability", "send", "--send-to", strings.Join(inventedPhones(), ","))
		for asked, want := range map[string]int{"auto": 0, mode: 0, map[string]string{"body": "empty", "empty": "body"}[mode]: 1} {
			only := []string{"--signed-upload", asked, "--only", "SEND-MEDIA-UPLOAD,SEND-TEMPLATE,AUTH-COVERS-BODY"}
			if code, stdout, stderr := contract(t, nil, append(only, args...)...); code != want {
				t.Errorf("%s, asked as %s: exit %d, want %d\n%s%s", mode, asked, code, want, stdout, stderr)
			}
		}
	}
}

func TestASearchMayFoldArabicLettersOrNot(t *testing.T) {
	t.Parallel()
	const only = "LIST-SEARCH-ARABIC,LIST-SEARCH-MATCH,LIST-SEARCH-NAME"
	for folding, asked := range map[string]map[string]int{"none": {"auto": 0, "none": 0, "arabic": 1}, "arabic": {"auto": 0, "arabic": 0}} {
		args := reading(t, server.Options{SearchFolding: folding})
		for as, want := range asked {
			worst := 0
			for _, seed := range []string{"1", "2", "3", "4", "5"} { // not every name has such a letter
				if want > 0 && worst == want || want == 0 && seed > "3" {
					break
				}
				code, stdout, _ := contract(t, nil, append([]string{"--search-folding", as, "--only", only, "--seed", seed}, args...)...)
				if worst = max(worst, code); code > want {
					t.Errorf("%s, asked as %s: exit %d\n%s", folding, as, code, stdout)
				}
			}
			if worst != want {
				t.Errorf("%s, asked as %s: exit %d, want %d", folding, as, worst, want)
			}
		}
	}
}
