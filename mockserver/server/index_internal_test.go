package server

import (
	"strings"
	"testing"
)

// TestIndex_ThePageShowsWhatItIsGivenAsText gives the page names that look like HTML.
func TestIndex_ThePageShowsWhatItIsGivenAsText(t *testing.T) {
	t.Parallel()
	i := index{Name: "a<b>", Version: `v"1"&`, Entries: []indexEntry{
		{"base URL", "/<api>", "the <API>"}, {"docs", `/docs"onclick="`, "the contract"},
	}}
	var page strings.Builder
	if err := indexPage.Execute(&page, &i); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<p>a&lt;b&gt;.<br>Version v&#34;1&#34;&amp;.</p>",
		"<dt>base URL</dt>\n<dd><code>/&lt;api&gt;</code>: the &lt;API&gt;</dd>",
		`">/docs&#34;onclick=&#34;</a>: the contract</dd>`,
		"</dl>\n</main>\n</body>\n</html>\n",
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %s:\n%s", want, page.String())
		}
	}
}
