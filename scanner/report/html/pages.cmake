# SPDX-License-Identifier: Apache-2.0
# The pages of the HTML report: name, title, scripts in the order they are run.
# The first page is where a reader begins; page.html is the frame of all.
set(PAGES
  "index|Overview|core.js,words.js,list.js,finding.js,trend.js,overview.js"
  "customers|Customers|core.js,words.js,list.js,customers.js"
  "customer|Customer|core.js,words.js,list.js,finding.js,customer.js"
  "changes|Changes|core.js,words.js,list.js,changes.js"
  "findings|Findings|core.js,words.js,list.js,finding.js,findings.js"
  "people|People and apps|core.js,words.js,list.js,people.js"
  "rules|Rules|core.js,words.js,list.js,rules.js"
  "unknown|Not known|core.js,words.js,list.js,unknown.js"
  "made|How this was made|core.js,words.js,list.js,made.js")

# What goes in beside them, as it is.
set(FILES palscan.css core.js words.js list.js finding.js trend.js overview.js customers.js customer.js changes.js
  findings.js people.js rules.js unknown.js made.js)
