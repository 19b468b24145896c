package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const templatesPath = recordPath("/templates")

// queried changes the query of each list that is rightly asked for, before the correct server sees it.
func (p recordPath) queried(rewrite func(url.Values)) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if p.isList(w, r) && r.Method == http.MethodGet && !w.isMade(r) && sentDigest(r) == w.expected(r) {
				r = w.forge(withQuery(r, rewrite), w.named(r))
			}
			next.ServeHTTP(out, r)
		})
	}
}

// onPageTwo forgets a parameter behind the first page.
func (p recordPath) onPageTwo(name string) change {
	return p.queried(func(v url.Values) {
		if page := v.Get("page"); page != "" && page != "1" {
			v.Del(name)
		}
	})
}

// beside forgets a parameter where another one is given.
func (p recordPath) beside(name, other string) change {
	return p.queried(func(v url.Values) {
		if v.Get(other) != "" {
			v.Del(name)
		}
	})
}

// countsAll shows the total of the list without a parameter.
func (p recordPath) countsAll(name string) change {
	return p.list(func(w *target, r *http.Request, object map[string]any, rows []row) {
		query := r.URL.Query()
		if !query.Has(name) || len(rows) == 0 || w.isMade(r) {
			return
		}
		query.Del(name)
		if all, ok := w.inner(string(p), query, w.named(r)).json()["meta"].(map[string]any); ok {
			object["meta"].(map[string]any)["total"] = all["total"]
		}
	})
}

// exactly finds only what has the letters of a search in the same case in one of the properties, or in any case in another one.
func (p recordPath) exactly(loose string, properties ...string) change {
	return p.list(func(_ *target, r *http.Request, object map[string]any, rows []row) {
		if term := r.URL.Query().Get("searchTerm"); strings.Trim(term, "0123456789-") != "" {
			setRows(object, slices.DeleteFunc(rows, func(r row) bool {
				return !strings.Contains(lower(text(r[loose])), lower(term)) && !slices.ContainsFunc(properties, func(name string) bool { return strings.Contains(text(r[name]), term) })
			}))
		}
	})
}

// wild finds everything where a search has a character that SQL takes for any.
func (p recordPath) wild() change {
	return p.queried(func(v url.Values) {
		if strings.Trim(v.Get("searchTerm"), "%_") == "" {
			v.Del("searchTerm")
		}
	})
}

// pageMutants are about lists that are searched, filtered and paged at once.
func pageMutants() []mutant {
	return []mutant{
		{"contacts of all branches where a group is asked for too", "CONTACTS-FILTER", contactsPath.beside("branch_id", "contact_group_id")},
		{"favorites and others where a contact is searched", "CONTACTS-FILTER", contactsPath.beside("is_favorite", "searchTerm")},
		{"a search of groups finds one", "GROUPS-SEARCH", groupsPath.list(func(_ *target, r *http.Request, object map[string]any, rows []row) {
			if r.URL.Query().Get("searchTerm") != "" && len(rows) > 1 {
				setRows(object, rows[:1])
			}
		})},
		{"groups of any status where one is searched", "GROUPS-STATUS", groupsPath.beside("status", "searchTerm")},
	}
}

// orderPageMutants are the same for orders.
func orderPageMutants() []mutant {
	p := recordPath(ordersPath)
	return []mutant{
		{"the status of orders is forgotten on the second page", "ORDERS-PAGES", p.onPageTwo("status")},
		{"a search of orders is forgotten on the second page", "ORDERS-PAGES", p.onPageTwo("searchTerm")},
		{"the branch of orders is forgotten on the second page", "ORDERS-PAGES", p.onPageTwo("branch_id")},
		{"from_date of orders is forgotten on the second page", "ORDERS-PAGES", p.onPageTwo("from_date")},
		{"the second page of orders without a limit is the first", "ORDERS-PAGES", p.queried(func(v url.Values) {
			if !v.Has("limit") {
				v.Del("page")
			}
		})},
		{"the total of orders of a status is that of all", "ORDERS-META", p.countsAll("status")},
		{"orders of any status where one is searched", "ORDERS-STATUS", p.beside("status", "searchTerm")},
		{"orders of all branches where a status is given", "ORDERS-STATUS", p.beside("branch_id", "status")},
		{"a search of orders tells capitals from small letters", "ORDERS-SEARCH", p.exactly("customer_name", "order_number")},
		{"a search of customers tells capitals from small letters", "ORDERS-SEARCH", p.exactly("order_number", "customer_name")},
		{"a search of orders takes % and _ for any characters", "ORDERS-SEARCH", p.wild()},
	}
}

// templatePageMutants are the same for templates.
func templatePageMutants() []mutant {
	p := templatesPath
	return []mutant{
		{"a search of templates is forgotten on the second page", "TEMPLATES-PAGES", p.onPageTwo("searchTerm")},
		{"the total of templates under a search is that of all", "TEMPLATES-META", p.countsAll("searchTerm")},
		{"a search of templates tells capitals from small letters", "TEMPLATES-SEARCH", p.exactly("", "name")},
		{"a search of templates takes % and _ for any characters", "TEMPLATES-SEARCH", p.wild()},
	}
}
