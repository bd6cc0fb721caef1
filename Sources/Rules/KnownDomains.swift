/// Endings under which strangers register names, with two labels: no rule may speak for all of one.
///
/// Endings of one label need no list: a pattern must fix two labels at least.
let sharedEndings: Set<String> = [
  "ac.at", "ac.jp", "ac.uk", "co.at", "co.id", "co.il", "co.in", "co.jp", "co.kr", "co.nz", "co.th", "co.uk", "co.za",
  "com.ar", "com.au", "com.br", "com.cn", "com.co", "com.es", "com.hk", "com.mx", "com.my", "com.pl", "com.pt",
  "com.ru", "com.sg", "com.tr", "com.tw", "com.ua", "edu.au", "go.jp", "gob.mx", "gov.au", "gov.br", "gov.cn",
  "gov.it", "gov.pl", "gov.uk", "gouv.fr", "gv.at", "ltd.uk", "me.uk", "ne.jp", "net.au", "net.br", "net.cn", "net.uk",
  "or.at", "or.jp", "or.kr", "org.au", "org.br", "org.cn", "org.pl", "org.uk", "plc.uk",
]

/// Domains that rule files name often; a domain one slip away from one of these is likely a misspelling of it.
let oftenNamedDomains: Set<String> = [
  "adobe.com", "akamai.net", "amazonaws.com", "apple.com", "azure.com", "azure.net", "azureedge.net", "bing.com",
  "digicert.com", "doubleclick.net", "dropbox.com", "facebook.com", "firefox.com", "github.com",
  "google-analytics.com", "google.com", "googleapis.com", "icloud.com", "jetbrains.com", "kaspersky.com", "lenovo.com",
  "linkedin.com", "live.com", "live.net", "microsoft.com", "microsoftonline.com", "mozilla.com", "mozilla.net",
  "mozilla.org", "msedge.net", "msftconnecttest.com", "msftncsi.com", "msn.com", "nvidia.com", "office.com",
  "office.net", "office365.com", "onedrive.com", "onenote.com", "oracle.com", "outlook.com", "sharepoint.com",
  "skype.com", "slack.com", "teamviewer.com", "thunderbird.net", "visualstudio.com", "windows.com", "windows.net",
  "windowsupdate.com", "xboxlive.com", "zoom.us",
]

/// True domains that happen to lie one slip away from an often named one.
let genuineNeighbours: Set<String> = ["googleanalytics.com", "king.com", "slackb.com"]
