package specs

import (
	"net/http"
	"strconv"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

const defaultLimit = 10 // rows without a limit (vendor page api/orders/list-orders)

// orderRecords is the collection of orders. The API cannot create an order.
func orderRecords() collection {
	return collection{
		noun: "order", listOperation: document.ListOrders, readOperation: document.GetOrder,
		searched: []string{"order_number", "customer_name"}, shown: []string{"order_number", "customer_name", "customer_phone", "currency", "status", "payment_status", "shipping_date", "delivery_date", "created_at"},
		filters: []filter{
			{parameter: "status", property: "status"},
			{parameter: "branch_id", property: "branch_id", read: true},
			{parameter: "customer_id", property: "customer_id", read: true},
			{parameter: "from_date", to: "to_date", property: "created_at"},
		},
	}
}

// orders are the specs of the tag orders.
func orders() Specs {
	return Describe("orders", Capability(document.CapabilityOrders), orderList(), oneOrder(), orderChanges())
}

func orderList() Specs {
	c := orderRecords()
	return Describe("the list", Operation(document.ListOrders),
		It("shows each order on one page", Requirement("ORDERS-PAGES"), c.whileUnchanged(c.showsEachOnce)),
		It("applies a filter on every page", Requirement("ORDERS-PAGES"), c.whileUnchanged(c.filtersEachPage), Suffix(".filtered")),
		It("shows at most ten orders without a limit", Requirement("ORDERS-LIMIT-DEFAULT"), func(t *T) {
			t.Check(c.page(t)).To(match.HaveAtMost(defaultLimit), "a page without a limit has more than %d rows", defaultLimit)
		}),
		It("filters orders by their status", Requirement("ORDERS-STATUS"), c.whileUnchanged(func(t *T) {
			whole := c.whole(t, largestLimit())
			for _, word := range t.operationNamed(document.ListOrders).Parameter("query", "status").EnumWords() {
				c.expectFiltered(t, whole, withStatus(word), "status", word)
			}
		})),
		It("combines two filters", Requirement("ORDERS-STATUS"), c.whileUnchanged(c.combinesFilters), Suffix(".combined")),
		It("filters orders by their date", Requirement("ORDERS-DATES"), c.whileUnchanged(filtersByDate)),
		It("finds an order by its number", Requirement("ORDERS-SEARCH"), c.whileUnchanged(c.findsBy("order_number")), Suffix(".number")),
		It("finds an order by the name of its customer", Requirement("ORDERS-SEARCH"), c.whileUnchanged(c.findsBy("customer_name")), Suffix(".name")),
		It("finds an order by its number in upper and lower case", Requirement("ORDERS-SEARCH"), c.whileUnchanged(c.findsInAnyCase("order_number")), Suffix(".number.case")),
		It("finds an order by the name of its customer in upper and lower case", Requirement("ORDERS-SEARCH"), c.whileUnchanged(c.findsInAnyCase("customer_name")), Suffix(".name.case")),
		It("searches for % and _ as ordinary characters", Requirement("ORDERS-SEARCH"), c.whileUnchanged(c.searchesLiterally), Suffix(".literal")),
		It("finds only orders that contain the search term", Requirement("ORDERS-SEARCH"), c.whileUnchanged(c.findsOnly), Suffix(".only")),
		It("filters orders by their branch", Requirement("ORDERS-BRANCH"), c.whileUnchanged(filtersByReadProperty("branch_id")), Suffix(".branch")),
		It("filters orders by their customer", Requirement("ORDERS-BRANCH"), c.whileUnchanged(filtersByReadProperty("customer_id")), Suffix(".customer")),
		It("describes the page in meta", Requirement("ORDERS-META"), c.whileUnchanged(c.describesPages)),
		It("counts the rows of a filtered list in meta", Requirement("ORDERS-META"), c.whileUnchanged(c.countsFiltered), Suffix(".filtered")),
		It("lists no order of another workspace", Requirement("ORDERS-OWN"), c.listsOwnOnly("id", "order_number", "customer_phone"), Needs(document.CapabilitySecondClient)),
		It("shows a new order to its own workspace only", Requirement("ORDERS-OWN"), newOrderIsIsolated, Suffix(".new"), Needs(document.CapabilityControl), Writes(), Serial(), BeforeEach(ownWorkspace)),
	)
}

func oneOrder() Specs {
	c := orderRecords()
	return Describe("one order", Operation(document.GetOrder),
		It("shows an order as it is listed", Requirement("ORDER-AGREES"), c.whileUnchanged(c.agreesWithList)),
		It("answers an unknown order with 404", Requirement("ORDER-UNKNOWN-ID"), c.readOfUnknownIs404),
		It("shows sums that add up", Requirement("ORDER-SUMS"), func(t *T) {
			for _, row := range t.sampled(c.whole(t)) {
				e := c.get(t, *exchange.Number(row.Fields["id"]))
				if e.OK() {
					t.Check(e).To(match.HaveRightSums(), "the sums of an order do not add up")
				}
			}
		}),
	)
}

// newOrderIsIsolated creates an order in a workspace of the suite: the clients of that workspace see it, and no others.
func newOrderIsIsolated(t *T) {
	c := orderRecords()
	var made struct {
		ID     int64  `json:"id"`
		Number string `json:"order_number"`
	}
	item := map[string]any{"product_name": "Suite اختبار", "quantity": 2, "price": 10}
	order := map[string]any{"phone_number_id": t.Workspace.PhoneNumberID, "phone": t.newPhone(), "items": []any{item}}
	t.do(t.ToControl(http.MethodPost, "/orders", t.Workspace.Domain, order), exchange.Wanted{Status: http.StatusCreated, Shows: []string{"id", "order_number"}}, &made)
	own := c.page(t, largestLimit())
	t.Check(own).To(match.ContainID(made.ID), "a new order is not in the list of its workspace")
	stranger := &T{&run.T{Session: t.Session, Case: t.Case, Ctx: t.Ctx, Rand: t.Rand}}
	defer t.takeOver(stranger)
	row := map[string]any{"order_number": made.Number, "customer_phone": order["phone"]}
	theirs := c.page(stranger, searchFor(made.Number), largestLimit())
	t.About(own).Check(theirs).NotTo(match.ContainSame(row, "order_number", "customer_phone"), "an order of one workspace is in the list of another")
	e := c.get(stranger, made.ID)
	if e.OK() {
		t.About(own).Check(e).NotTo(match.HaveValue("/data/customer_phone", order["phone"]), "an order of one workspace can be read by its id in another")
	}
}

// largestLimit is the parameter limit with its largest value.
func largestLimit() exchange.Pair { return exchange.Param("limit", "100") }

// filtersByDate filters by from_date and to_date, together and alone, with the day of an order from the middle of the list. The time zone of the days is not
// documented, so an order of the day before or after is right too.
func filtersByDate(t *T) {
	c := orderRecords()
	whole := c.whole(t, largestLimit())
	rows := whole.Items()
	row := rows[len(rows)/2]
	created, err := time.Parse(time.RFC3339, row.Text("created_at"))
	if err != nil {
		t.Lacks("an order with a date")
	}
	day := created.UTC().Truncate(24 * time.Hour)
	before, after := day.AddDate(0, 0, -1), day.AddDate(0, 0, 1)
	from := func(day time.Time) exchange.Pair { return exchange.Param("from_date", day.Format(time.DateOnly)) }
	to := func(day time.Time) exchange.Pair { return exchange.Param("to_date", day.Format(time.DateOnly)) }
	never, always := time.Unix(0, 0), t.Began.AddDate(100, 0, 0)
	for _, asked := range []struct {
		pairs         []exchange.Pair
		first, beyond time.Time // bounds of created_at, one day wider than the filter
		finds         bool
	}{
		{[]exchange.Pair{from(day), to(day)}, before, after.AddDate(0, 0, 1), false},
		{[]exchange.Pair{from(before), to(after)}, before.AddDate(0, 0, -1), after.AddDate(0, 0, 2), true},
		{[]exchange.Pair{from(day)}, before, always, false},
		{[]exchange.Pair{to(day)}, never, after.AddDate(0, 0, 1), false},
	} {
		kept := c.page(t, append(asked.pairs, largestLimit())...)
		for _, row := range kept.Items() {
			if at, err := time.Parse(time.RFC3339, row.Text("created_at")); err == nil {
				t.About(kept).Check(at).To(match.At(row.Pointer+"/created_at", match.BeWithin(asked.first, asked.beyond)), "from_date and to_date give an order of another day")
			}
		}
		if id := exchange.Number(row.Fields["id"]); asked.finds && id != nil && totalOf(kept) == int64(len(kept.Items())) {
			t.About(whole).Check(kept).To(match.ContainID(*id), "from_date and to_date leave out the order %d of a day between them", *id)
		}
	}
	future := c.page(t, from(always))
	t.Check(future).To(match.HaveNoRows(), "the list has an order from a hundred years in the future")
	backward := t.answer(t.To(t.operationNamed(document.ListOrders), 0, from(after), to(before)).MayBeRefused())
	t.Check(backward).To(match.ShowNoData(http.StatusBadRequest), "a to_date before from_date gives orders")
}

// filtersByReadProperty filters by a property that is not in the list, but in an order that is read by its id.
func filtersByReadProperty(parameter string) func(t *T) {
	return func(t *T) {
		c, compared := orderRecords(), false
		nothing := t.answer(t.To(t.operationNamed(document.ListOrders), 0, exchange.Param(parameter, strconv.FormatInt(1e12+t.Rand.Int64N(1e9), 10))).MayBeRefused())
		t.Check(nothing).To(match.ShowNoData(http.StatusBadRequest, http.StatusNotFound), "there are orders of a %s that does not exist", parameter)
		for _, row := range t.sampled(c.whole(t, largestLimit())) {
			id := *exchange.Number(row.Fields["id"])
			value := exchange.PlainText(c.get(t, id).At("/data/" + parameter))
			if value == "" {
				continue
			}
			compared = true
			kept := c.page(t, exchange.Param(parameter, value), largestLimit())
			if totalOf(kept) == int64(len(kept.Items())) {
				t.Check(kept).To(match.ContainID(id), "the filtered list lacks the order %d, which shows this %s", id, parameter)
			}
			for _, other := range t.sampled(kept) {
				if e := c.get(t, *exchange.Number(other.Fields["id"])); exchange.PlainText(e.At("/data/"+parameter)) != "" {
					t.About(kept).Check(e).To(match.ShowValue("/data/"+parameter, value), "the filtered list has an order that shows another %s", parameter)
				}
			}
		}
		if !compared {
			t.Skip("no order shows its " + parameter)
		}
	}
}
