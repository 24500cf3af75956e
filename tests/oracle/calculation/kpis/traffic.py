"""The KPIs of traffic: K03, K04, K05, K07 (web), K08 and K25."""

from __future__ import annotations

from oracle.calculation.kpis.email_opt_in import email_opt_in
from oracle.calculation.kpis.repeat_visits import repeat_visits
from oracle.calculation.kpis.visitor_conversion import visitor_conversion
from oracle.calculation.kpis.web_funnel import web_funnel
from oracle.calculation.kpis.web_traffic import web_traffic

KPIS = {
    "web_traffic": web_traffic,
    "repeat_visits": repeat_visits,
    "visitor_conversion": visitor_conversion,
    "web_funnel": web_funnel,
    "email_opt_in": email_opt_in,
}
