package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/awalmock"
)

// strictNames is the project's document with names of at most 20 letters in answers.
func strictNames(t *testing.T) string {
	t.Helper()
	const name = "          x-mock-value: name\n"
	document := strings.Replace(awalmock.OpenAPI(), name, name+"          maxLength: 20\n", 1)
	if document == awalmock.OpenAPI() {
		t.Fatal("the document has changed")
	}
	return document
}

const longName = `conversations:
  - {id: 1, number: "777", phone: "966555000001", created: -1d, name: A Name Of Far More Than Twenty Letters}
`

func TestASpecThatWaitsForItsFixturesIsTakenOverWithThem(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.write(w.fixture, watchedShop+longName)
	w.await("taken over from disk: fixtures")
	w.write(w.spec, strictNames(t))
	if reason := w.await("cannot be used"); !strings.Contains(reason, "conversation 1") {
		t.Fatal(reason)
	}
	w.write(w.fixture, watchedShop)
	w.await("taken over from disk: fixtures")
	w.await("taken over from disk: spec")
	if !strings.Contains(w.read("/openapi.yaml"), "maxLength: 20\n") {
		t.Error("the old document is handed out")
	}
}

func TestFixturesThatWaitForTheirSpecAreTakenOverWithIt(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.write(w.spec, strictNames(t))
	w.await("taken over from disk: spec")
	w.write(w.fixture, watchedShop+longName)
	if reason := w.await("cannot be used"); !strings.Contains(reason, "conversation 1") {
		t.Fatal(reason)
	}
	w.write(w.spec, awalmock.OpenAPI())
	w.await("taken over from disk: spec")
	w.await("taken over from disk: fixtures")
}

func TestAFolderOfFixturesThatIsReplacedIsStillWatched(t *testing.T) {
	t.Parallel()
	w := watch(t)
	folder := filepath.Dir(w.fixture)
	for _, domain := range []string{"second-shop", "third-shop"} {
		// As git does it: the old folder goes, another one comes.
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		w.write(w.fixture, strings.ReplaceAll(watchedShop, "my-shop", domain))
		w.await("taken over from disk: fixtures")
		w.write(w.fixture, strings.ReplaceAll(watchedShop, "my-shop", domain+"-edited"))
		w.await("taken over from disk: fixtures")
	}
	if list := w.read("/__admin/workspaces"); !strings.Contains(list, "third-shop-edited") {
		t.Error(list)
	}
}
