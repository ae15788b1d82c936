"""The captions of the public forms, in sequence, apart from what the press reads.

Typed from the forms themselves: SF 1449 (REV. 11/2021), SF 30 (REV. 11/2016), SF 18
(REV. 6/1995), OF 347 (REV. 2/2012), DD 250 (AUG 2000) and SF 1034 (REV. 10/1987). Where
a form has a caption over lettered boxes, such as "7. TO: a. NAME", each box is listed
with it. What stands in braces is a box to tick.
"""

SF1449 = """
1 REQUISITION NUMBER
- PAGE OF
2 CONTRACT NUMBER
3 AWARD/EFFECTIVE DATE
4 ORDER NUMBER
5 SOLICITATION NUMBER
6 SOLICITATION ISSUE DATE
7a FOR SOLICITATION INFORMATION CALL: NAME
7b TELEPHONE NUMBER (No collect calls)
8 OFFER DUE DATE/LOCAL TIME
9 ISSUED BY CODE
10 THIS ACQUISITION IS {UNRESTRICTED OR} {SET ASIDE: % FOR:} {SMALL BUSINESS} \
{HUBZONE SMALL BUSINESS} {SERVICE-DISABLED VETERAN-OWNED SMALL BUSINESS (SDVOSB)} \
{WOMEN-OWNED SMALL BUSINESS (WOSB) ELIGIBLE UNDER THE WOMEN-OWNED SMALL BUSINESS \
PROGRAM} {EDWOSB} {8(A)}
- NORTH AMERICAN INDUSTRY CLASSIFICATION STANDARD (NAICS):
- SIZE STANDARD:
11 DELIVERY FOR FREE ON BOARD (FOB) DESTINATION UNLESS BLOCK IS MARKED {SEE SCHEDULE}
12 DISCOUNT TERMS
13a THIS CONTRACT IS A RATED ORDER UNDER THE DEFENSE PRIORITIES AND ALLOCATIONS \
SYSTEM - DPAS (15 CFR 700) {RATED ORDER}
13b RATING
14 METHOD OF SOLICITATION {REQUEST FOR QUOTE (RFQ)} {INVITATION FOR BID (IFB)} \
{REQUEST FOR PROPOSAL (RFP)}
15 DELIVER TO CODE
16 ADMINISTERED BY CODE
17a CONTRACTOR/OFFEROR CODE FACILITY CODE TELEPHONE NUMBER
17b CHECK IF REMITTANCE IS DIFFERENT AND PUT SUCH ADDRESS IN OFFER {REMITTANCE DIFFERS}
18a PAYMENT WILL BE MADE BY CODE
18b SUBMIT INVOICES TO ADDRESS SHOWN IN BLOCK 18a UNLESS BLOCK BELOW IS CHECKED \
{SEE ADDENDUM}
19 ITEM NUMBER
20 SCHEDULE OF SUPPLIES/SERVICES
21 QUANTITY
22 UNIT
23 UNIT PRICE
24 AMOUNT
- (Use Reverse and/or Attach Additional Sheets as Necessary)
25 ACCOUNTING AND APPROPRIATION DATA
26 TOTAL AWARD AMOUNT (For Government Use Only)
27a SOLICITATION INCORPORATES BY REFERENCE (FEDERAL ACQUISITION REGULATION) FAR \
52.212-1, 52.212-4. FAR 52.212-3 AND 52.212-5 ARE ATTACHED. ADDENDA {ARE} \
{ARE NOT ATTACHED.}
27b CONTRACT/PURCHASE ORDER INCORPORATES BY REFERENCE FAR 52.212-4. FAR 52.212-5 IS \
ATTACHED. ADDENDA {ARE} {ARE NOT ATTACHED.}
28 CONTRACTOR IS REQUIRED TO SIGN THIS DOCUMENT AND RETURN COPIES TO ISSUING OFFICE. \
CONTRACTOR AGREES TO FURNISH AND DELIVER ALL ITEMS SET FORTH OR OTHERWISE IDENTIFIED \
ABOVE AND ON ANY ADDITIONAL SHEETS SUBJECT TO THE TERMS AND CONDITIONS SPECIFIED. \
{REQUIRED TO SIGN}
29 AWARD OF CONTRACT: REFERENCE; OFFER DATED. YOUR OFFER ON SOLICITATION (BLOCK 5), \
INCLUDING ANY ADDITIONS OR CHANGES WHICH ARE SET FORTH HEREIN, IS ACCEPTED AS \
TO ITEMS: \
{AWARD OF CONTRACT}
30a SIGNATURE OF OFFEROR/CONTRACTOR
30b NAME AND TITLE OF SIGNER (Type or print)
30c DATE SIGNED
31a UNITED STATES OF AMERICA (SIGNATURE OF CONTRACTING OFFICER)
31b NAME OF CONTRACTING OFFICER (Type or print)
31c DATE SIGNED
32a QUANTITY IN COLUMN 21 HAS BEEN {RECEIVED} {INSPECTED} \
{ACCEPTED, AND CONFORMS TO THE CONTRACT, EXCEPT AS NOTED:}
32b SIGNATURE OF AUTHORIZED GOVERNMENT REPRESENTATIVE
32c DATE
32d PRINTED NAME AND TITLE OF AUTHORIZED GOVERNMENT REPRESENTATIVE
32e MAILING ADDRESS OF AUTHORIZED GOVERNMENT REPRESENTATIVE
32f TELEPHONE NUMBER OF AUTHORIZED GOVERNMENT REPRESENTATIVE
32g E-MAIL OF AUTHORIZED GOVERNMENT REPRESENTATIVE
33 SHIP NUMBER {PARTIAL} {FINAL}
34 VOUCHER NUMBER
35 AMOUNT VERIFIED CORRECT FOR
36 PAYMENT {COMPLETE} {PARTIAL} {FINAL}
37 CHECK NUMBER
38 S/R ACCOUNT NUMBER
39 S/R VOUCHER NUMBER
40 PAID BY
41a I CERTIFY THIS ACCOUNT IS CORRECT AND PROPER FOR PAYMENT
41b SIGNATURE AND TITLE OF CERTIFYING OFFICER
41c DATE
42a RECEIVED BY (Print)
42b RECEIVED AT (Location)
42c DATE REC'D (YY/MM/DD)
42d TOTAL CONTAINERS
"""

SF30 = """
1 CONTRACT ID CODE
- PAGE OF PAGES
2 AMENDMENT/MODIFICATION NUMBER
3 EFFECTIVE DATE
4 REQUISITION/PURCHASE REQUISITION NUMBER
5 PROJECT NUMBER (If applicable)
6 ISSUED BY CODE
7 ADMINISTERED BY (If other than Item 6) CODE
8 NAME AND ADDRESS OF CONTRACTOR (Number, street, county, State and ZIP Code) CODE \
FACILITY CODE
9A AMENDMENT OF SOLICITATION NUMBER {AMENDMENT}
9B DATED (SEE ITEM 11)
10A MODIFICATION OF CONTRACT/ORDER NUMBER {MODIFICATION}
10B DATED (SEE ITEM 13)
11 THIS ITEM ONLY APPLIES TO AMENDMENTS OF SOLICITATIONS. The above numbered \
solicitation is amended as set forth in Item 14. The hour and date specified for \
receipt of Offers {is extended} {is not extended.}
- Offers must acknowledge receipt of this amendment prior to the hour and date \
specified in the solicitation or as amended, by one of the following methods: (a) By \
completing items 8 and 15, and returning ___ copies of the amendment; (b) By \
acknowledging receipt of this amendment on each copy of the offer submitted; or (c) By \
separate letter or electronic communication which includes a reference to the \
solicitation and amendment numbers. FAILURE OF YOUR ACKNOWLEDGMENT TO BE \
RECEIVED AT THE \
PLACE DESIGNATED FOR THE RECEIPT OF OFFERS PRIOR TO THE HOUR AND DATE SPECIFIED MAY \
RESULT IN REJECTION OF YOUR OFFER. If by virtue of this amendment you desire to change \
an offer already submitted, such change may be made by letter or electronic \
communication, provided each letter or electronic communication makes reference to the \
solicitation and this amendment, and is received prior to the opening hour and date \
specified.
12 ACCOUNTING AND APPROPRIATION DATA (If required)
13 THIS ITEM APPLIES ONLY TO MODIFICATIONS OF CONTRACTS/ORDERS. IT MODIFIES THE \
CONTRACT/ORDER NUMBER AS DESCRIBED IN ITEM 14. CHECK ONE
13A THIS CHANGE ORDER IS ISSUED PURSUANT TO: (Specify authority) THE CHANGES SET FORTH \
IN ITEM 14 ARE MADE IN THE CONTRACT ORDER NUMBER IN ITEM 10A. {CHANGE ORDER}
13B THE ABOVE NUMBERED CONTRACT/ORDER IS MODIFIED TO REFLECT THE ADMINISTRATIVE \
CHANGES (such as changes in paying office, appropriation data, etc.) SET FORTH IN ITEM \
14, PURSUANT TO THE AUTHORITY OF FAR 43.103(b). {ADMINISTRATIVE CHANGE}
13C THIS SUPPLEMENTAL AGREEMENT IS ENTERED INTO PURSUANT TO AUTHORITY OF: \
{SUPPLEMENTAL AGREEMENT}
13D OTHER (Specify type of modification and authority) {OTHER}
13E IMPORTANT: Contractor {is not} \
{is required to sign this document and return ___ copies to the issuing office.}
14 DESCRIPTION OF AMENDMENT/MODIFICATION (Organized by UCF section headings, including \
solicitation/contract subject matter where feasible.)
- Except as provided herein, all terms and conditions of the document referenced in \
Item 9A or 10A, as heretofore changed, remains unchanged and in full force and effect.
15A NAME AND TITLE OF SIGNER (Type or print)
15B CONTRACTOR/OFFEROR (Signature of person authorized to sign)
15C DATE SIGNED
16A NAME AND TITLE OF CONTRACTING OFFICER (Type or print)
16B UNITED STATES OF AMERICA (Signature of Contracting Officer)
16C DATE SIGNED
"""

SF18 = """
- THIS RFQ {IS} {IS NOT A SMALL BUSINESS SET-ASIDE}
- PAGE OF PAGES
1 REQUEST NUMBER
2 DATE ISSUED
3 REQUISITION/PURCHASE REQUEST NUMBER
4 CERT. FOR NAT. DEF. UNDER BDSA REG. 2 AND/OR DMS REG. 1 RATING
5A ISSUED BY
5B FOR INFORMATION CALL (NO COLLECT CALLS) NAME AND TELEPHONE NUMBER
6 DELIVER BY (Date)
7 DELIVERY {FOB DESTINATION} {OTHER (See Schedule)}
8a TO: NAME
8b COMPANY
8c STREET ADDRESS
8d CITY
8e STATE
8f ZIP CODE
9a DESTINATION NAME OF CONSIGNEE
9b STREET ADDRESS
9c CITY
9d STATE
9e ZIP CODE
10 PLEASE FURNISH QUOTATIONS TO THE ISSUING OFFICE IN BLOCK 5A ON OR BEFORE CLOSE OF \
BUSINESS (Date). IMPORTANT: This is a request for information, and quotations \
furnished \
are not offers. If you are unable to quote, please so indicate on this form and return \
it to the address in Block 5A. This request does not commit the Government to pay any \
costs incurred in the preparation of the submission of this quotation or to contract \
for supplies or services. Supplies are of domestic origin unless otherwise \
indicated by \
quoter. Any representations and/or certifications attached to this Request for \
Quotations must be completed by the quoter.
11 SCHEDULE (Include applicable Federal, State and local taxes)
11a ITEM NUMBER
11b SUPPLIES/SERVICES
11c QUANTITY
11d UNIT
11e UNIT PRICE
11f AMOUNT
12a DISCOUNT FOR PROMPT PAYMENT 10 CALENDAR DAYS (%)
12b 20 CALENDAR DAYS (%)
12c 30 CALENDAR DAYS (%)
12d CALENDAR DAYS NUMBER AND PERCENTAGE
- NOTE: Additional provisions and representations {are} {are not attached.}
13a NAME AND ADDRESS OF QUOTER NAME OF QUOTER
13b STREET ADDRESS
13c COUNTY
13d CITY
13e STATE
13f ZIP CODE
14 SIGNATURE OF PERSON AUTHORIZED TO SIGN QUOTATION
15 DATE OF QUOTATION
16a SIGNER NAME (Type or print)
16b TELEPHONE AREA CODE AND NUMBER
16c TITLE (Type or print)
"""

OF347 = """
1 DATE OF ORDER
2 CONTRACT NO. (If any)
3 ORDER NO.
4 REQUISITION/REFERENCE NO.
- PAGE OF PAGES
5 ISSUING OFFICE (Address correspondence to)
6a SHIP TO: NAME OF CONSIGNEE
6b SHIP TO: STREET ADDRESS
6c CITY
6d STATE
6e ZIP CODE
6f SHIP VIA
7a TO: NAME OF CONTRACTOR
7b TO: COMPANY NAME
7c TO: STREET ADDRESS
7d CITY
7e STATE
7f ZIP CODE
8a TYPE OF ORDER PURCHASE REFERENCE YOUR: Please furnish the following on the \
terms and \
conditions specified on both sides of this order and on the attached sheet, if any, \
including delivery as indicated. {PURCHASE}
8b TYPE OF ORDER DELIVERY/TASK Except for billing instructions on the reverse, this \
delivery/task order is subject to instructions contained on this side only of \
this form \
and is issued subject to the terms and conditions of the above-numbered contract. \
{DELIVERY/TASK}
9 ACCOUNTING AND APPROPRIATION DATA
10 REQUISITIONING OFFICE
11 BUSINESS CLASSIFICATION (Check appropriate box(es)) {a. SMALL} \
{b. OTHER THAN SMALL} {c. DISADVANTAGED} {d. WOMEN-OWNED} {e. HUBZone} \
{f. SERVICE-DISABLED VETERAN-OWNED} \
{g. WOMEN-OWNED SMALL BUSINESS (WOSB) ELIGIBLE UNDER THE WOSB PROGRAM} {h. EDWOSB}
12 F.O.B. POINT
13a PLACE OF INSPECTION
13b PLACE OF ACCEPTANCE
14 GOVERNMENT B/L NO.
15 DELIVER TO F.O.B. POINT ON OR BEFORE (Date)
16 DISCOUNT TERMS
17 SCHEDULE (See reverse for Rejections)
17a ITEM NO.
17b SUPPLIES OR SERVICES
17c QUANTITY ORDERED
17d UNIT
17e UNIT PRICE
17f AMOUNT
17g QUANTITY ACCEPTED
17h TOTAL (Cont. pages)
17i GRAND TOTAL
18 SHIPPING POINT
19 GROSS SHIPPING WEIGHT
20 INVOICE NO.
21a MAIL INVOICE TO: NAME (SEE BILLING INSTRUCTIONS ON REVERSE)
21b MAIL INVOICE TO: STREET ADDRESS (or P.O. Box)
21c CITY
21d STATE
21e ZIP CODE
22 UNITED STATES OF AMERICA BY (Signature)
23 NAME (Typed) TITLE: CONTRACTING/ORDERING OFFICER
- SUPPLEMENTAL INVOICING INFORMATION If desired, this order (or a copy thereof) may be \
used by the Contractor as the Contractor's invoice, instead of a separate invoice, \
provided the following statement, (signed and dated) is on (or attached to) the order: \
"Payment is requested in the amount of $____. No other invoice will be submitted." \
However, if the Contractor wishes to submit an invoice, the following information must \
be provided: contract number (if any), order number, item number(s), description of \
supplies or services, sizes, quantities, unit prices, and extended totals. Prepaid \
shipping costs will be indicated as a separate item on the invoice. Where shipping \
costs exceed $10 (except for parcel post), the billing must be supported by a bill of \
lading or receipt. When several orders are invoiced to an ordering activity during the \
same billing period, consolidated periodic billings are encouraged.
- RECEIVING REPORT Quantity in the "Quantity Accepted" column on the face of \
this order \
has been {inspected} {accepted} {received by me and conforms to contract. Items listed \
below have been rejected for the reasons indicated.}
- SHIPMENT NUMBER {PARTIAL} {FINAL}
- DATE RECEIVED
- SIGNATURE OF AUTHORIZED U.S. GOV'T REP.
- DATE
- TOTAL CONTAINERS
- GROSS WEIGHT
- RECEIVED AT
- TITLE
- REPORT OF REJECTIONS
- ITEM NO.
- SUPPLIES OR SERVICES
- UNIT
- QUANTITY REJECTED
- REASON FOR REJECTION
"""

DD250 = """
1 PROCUREMENT INSTRUMENT IDENTIFICATION (CONTRACT) NO. ORDER NO.
2 SHIPMENT NO.
3 DATE SHIPPED
4 B/L TCN
5 DISCOUNT TERMS
6 INVOICE NO./DATE
7 PAGE OF
8 ACCEPTANCE POINT
9 PRIME CONTRACTOR CODE
10 ADMINISTERED BY CODE
11 SHIPPED FROM (If other than 9) CODE
12 PAYMENT WILL BE MADE BY CODE
13 SHIPPED TO CODE
14 MARKED FOR CODE
15 ITEM NO.
16 DESCRIPTION
17 QUANTITY SHIP/REC'D
18 UNIT
19 UNIT PRICE
20 AMOUNT
21a CONTRACT QUALITY ASSURANCE ORIGIN {CQA} {ACCEPTANCE of listed items has been made \
by me or under my supervision and they conform to contract, except as noted herein or \
on supporting documents}
21b CONTRACT QUALITY ASSURANCE DESTINATION {CQA} {ACCEPTANCE of listed items has been \
made by me or under my supervision and they conform to contract, except as \
noted herein \
or on supporting documents}
22 RECEIVER'S USE Quantities shown in column 17 were received in apparent good \
condition except as noted
23 CONTRACTOR USE ONLY
"""
"""Our sheet is an agency form that follows it: a caption may say more than it does."""

SF1034 = """
- VOUCHER NO.
- SCHEDULE NO.
- U.S. DEPARTMENT, BUREAU, OR ESTABLISHMENT AND LOCATION
- DATE VOUCHER PREPARED
- CONTRACT NUMBER AND DATE
- PAYEE'S NAME AND ADDRESS
- REQUISITION NUMBER AND DATE
- PAYEE'S ACCOUNT NUMBER
- DISCOUNT TERMS
- DATE INVOICE RECEIVED
- PAID BY
- SHIPPED FROM
- TO
- WEIGHT
- GOVERNMENT B/L NUMBER
- NUMBER AND DATE OF ORDER
- DATE OF DELIVERY OR SERVICE
- ARTICLES OR SERVICES
- QUANTITY
- UNIT PRICE COST
- PER
- AMOUNT
- Use continuation sheet(s) if necessary Payee must NOT use the space below
- TOTAL
- PAYMENT {PROVISIONAL} {COMPLETE} {PARTIAL} {FINAL} {PROGRESS} {ADVANCE}
- APPROVED FOR
- EXCHANGE RATE = $1.00
- DIFFERENCES
- BY TITLE
- AMOUNT VERIFIED; CORRECT FOR
- Pursuant to authority vested in me, I certify that this voucher is correct \
and proper \
for payment.
- DATE
- AUTHORIZED CERTIFYING OFFICER
- TITLE
- ACCOUNTING CLASSIFICATION
- PAID BY CHECK NUMBER
- ON ACCOUNT OF U.S. TREASURY
- CHECK NUMBER
- ON (Name of bank)
- CASH
- DATE
- PAYEE
- PER
- TITLE
"""
"""Our sheet is an agency form that follows it, and has a due date beside these."""


def listed(form: str) -> list[tuple[str, str]]:
    """Number and words of each block in sequence, boxes to tick among the words."""
    return [
        (number, words)
        for number, _, words in (
            each.partition(" ") for each in form.split("\n") if each
        )
    ]
