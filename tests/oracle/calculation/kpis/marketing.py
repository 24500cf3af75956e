"""The KPIs of marketing: K16, and what each attribution model credits."""

from __future__ import annotations

from oracle.calculation.kpis.attribution import attribution
from oracle.calculation.kpis.marketing_originated import marketing_originated

KPIS = {
    "marketing_originated": marketing_originated,
    "attribution": attribution,
}
