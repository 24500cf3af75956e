{#- Written by scripts/generate_macros from models/landing/*.yml. Change that, not this. -#}
{% macro landing_contract() %}
    {{ return({
 "ad_spend": {
  "is_required": False,
  "event": "spend_date",
  "also_dated_by": [],
  "money": "spend",
  "rules": [
   {
    "reason": "negative_spend",
    "when": "spend < 0"
   },
   {
    "reason": "negative_impressions",
    "when": "impressions < 0"
   },
   {
    "reason": "negative_clicks",
    "when": "clicks < 0"
   }
  ],
  "columns": {
   "spend_date": {
    "type": "date",
    "need": "key"
   },
   "platform": {
    "type": "text",
    "need": "key"
   },
   "ad_account_id": {
    "type": "text",
    "need": "optional_key"
   },
   "campaign": {
    "type": "text",
    "need": "optional_key"
   },
   "spend": {
    "type": "decimal",
    "need": "required"
   },
   "currency_code": {
    "type": "text",
    "need": "required",
    "letters": "upper",
    "pattern": "[A-Z]{3}"
   },
   "impressions": {
    "type": "integer",
    "need": "optional"
   },
   "clicks": {
    "type": "integer",
    "need": "optional"
   },
   "platform_conversions": {
    "type": "decimal",
    "need": "optional"
   },
   "platform_revenue": {
    "type": "decimal",
    "need": "optional"
   },
   "marketing_channel": {
    "type": "text",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "annotations": {
  "is_required": False,
  "event": None,
  "also_dated_by": [],
  "money": None,
  "rules": [
   {
    "reason": "ended_before_started",
    "when": "ended_on < started_on"
   }
  ],
  "columns": {
   "annotation_id": {
    "type": "text",
    "need": "key"
   },
   "started_on": {
    "type": "date",
    "need": "required"
   },
   "ended_on": {
    "type": "date",
    "need": "optional"
   },
   "annotation_type": {
    "type": "text",
    "need": "required",
    "accepted": [
     "campaign",
     "price",
     "site",
     "other",
     "break"
    ]
   },
   "title": {
    "type": "text",
    "need": "required"
   },
   "dimension": {
    "type": "text",
    "need": "optional"
   },
   "dimension_value": {
    "type": "text",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "campaigns": {
  "is_required": False,
  "event": None,
  "also_dated_by": [],
  "money": None,
  "rules": [],
  "columns": {
   "campaign": {
    "type": "text",
    "need": "key"
   },
   "marketing_channel": {
    "type": "text",
    "need": "optional"
   },
   "program": {
    "type": "text",
    "need": "optional"
   },
   "initiative": {
    "type": "text",
    "need": "optional"
   },
   "tactic": {
    "type": "text",
    "need": "optional"
   },
   "is_lead_generation": {
    "type": "boolean",
    "need": "optional",
    "default": "true"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "companies": {
  "is_required": True,
  "event": None,
  "also_dated_by": [],
  "money": None,
  "rules": [
   {
    "reason": "valid_to_before_valid_from",
    "when": "valid_to < valid_from"
   },
   {
    "reason": "negative_employee_count",
    "when": "employee_count < 0"
   }
  ],
  "columns": {
   "company_id": {
    "type": "text",
    "need": "key"
   },
   "valid_from": {
    "type": "timestamp",
    "need": "optional_key"
   },
   "valid_to": {
    "type": "timestamp",
    "need": "optional"
   },
   "company_name": {
    "type": "text",
    "need": "optional"
   },
   "parent_company_id": {
    "type": "text",
    "need": "optional"
   },
   "merged_into_company_id": {
    "type": "text",
    "need": "optional"
   },
   "domain": {
    "type": "text",
    "need": "optional",
    "letters": "lower"
   },
   "industry": {
    "type": "text",
    "need": "optional"
   },
   "segment": {
    "type": "text",
    "need": "optional"
   },
   "country_code": {
    "type": "text",
    "need": "optional",
    "letters": "upper"
   },
   "employee_count": {
    "type": "integer",
    "need": "optional"
   },
   "account_size_band": {
    "type": "text",
    "need": "optional"
   },
   "sales_rep_id": {
    "type": "text",
    "need": "optional"
   },
   "original_source": {
    "type": "text",
    "need": "optional"
   },
   "created_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_internal": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "contacts": {
  "is_required": False,
  "event": None,
  "also_dated_by": [],
  "money": None,
  "rules": [],
  "columns": {
   "contact_id": {
    "type": "text",
    "need": "key"
   },
   "company_id": {
    "type": "text",
    "need": "optional"
   },
   "email": {
    "type": "text",
    "need": "optional",
    "letters": "lower"
   },
   "phone": {
    "type": "text",
    "need": "optional"
   },
   "job_role": {
    "type": "text",
    "need": "optional"
   },
   "client_id": {
    "type": "text",
    "need": "optional"
   },
   "merged_into_contact_id": {
    "type": "text",
    "need": "optional"
   },
   "created_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "has_marketing_consent": {
    "type": "boolean",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "cost_ledger": {
  "is_required": False,
  "event": "incurred_on",
  "also_dated_by": [],
  "money": "amount",
  "rules": [
   {
    "reason": "service_end_not_after_start",
    "when": "service_end_date <= service_start_date"
   },
   {
    "reason": "implausible_service_days",
    "when": "service_end_date > service_start_date + 3660 or service_start_date not between incurred_on - 3660 and incurred_on + 3660"
   }
  ],
  "columns": {
   "cost_id": {
    "type": "text",
    "need": "key"
   },
   "incurred_on": {
    "type": "date",
    "need": "required"
   },
   "amount": {
    "type": "decimal",
    "need": "required"
   },
   "currency_code": {
    "type": "text",
    "need": "required",
    "letters": "upper",
    "pattern": "[A-Z]{3}"
   },
   "cost_scope": {
    "type": "text",
    "need": "required",
    "accepted": [
     "marketing_program",
     "marketing_people",
     "sales_people",
     "sales_commission",
     "overhead",
     "retention"
    ]
   },
   "service_start_date": {
    "type": "date",
    "need": "optional"
   },
   "service_end_date": {
    "type": "date",
    "need": "optional"
   },
   "marketing_channel": {
    "type": "text",
    "need": "optional"
   },
   "campaign": {
    "type": "text",
    "need": "optional"
   },
   "segment": {
    "type": "text",
    "need": "optional"
   },
   "is_paid_media": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   },
   "is_covered_by_ad_spend": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "email_subscriptions": {
  "is_required": False,
  "event": "event_at",
  "also_dated_by": [],
  "money": None,
  "rules": [],
  "columns": {
   "subscription_event_id": {
    "type": "text",
    "need": "key"
   },
   "email": {
    "type": "text",
    "need": "required",
    "letters": "lower",
    "pattern": "[^@ ]+@[^@ ]+"
   },
   "event_type": {
    "type": "text",
    "need": "required",
    "accepted": [
     "subscribe",
     "confirm",
     "unsubscribe",
     "bounce",
     "import"
    ]
   },
   "event_at": {
    "type": "timestamp",
    "need": "required"
   },
   "client_id": {
    "type": "text",
    "need": "optional"
   },
   "form_name": {
    "type": "text",
    "need": "optional"
   },
   "list_name": {
    "type": "text",
    "need": "optional",
    "default": "main"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "fx_rates": {
  "is_required": False,
  "event": None,
  "also_dated_by": [],
  "money": None,
  "rules": [
   {
    "reason": "rate_not_positive",
    "when": "rate <= 0"
   },
   {
    "reason": "implausible_rate",
    "when": "rate >= 1000000"
   }
  ],
  "columns": {
   "rate_date": {
    "type": "date",
    "need": "key"
   },
   "from_currency": {
    "type": "text",
    "need": "key",
    "letters": "upper",
    "pattern": "[A-Z]{3}"
   },
   "to_currency": {
    "type": "text",
    "need": "key",
    "letters": "upper",
    "pattern": "[A-Z]{3}"
   },
   "rate": {
    "type": "rate",
    "need": "required"
   },
   "rate_source": {
    "type": "text",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "lead_criteria": {
  "is_required": False,
  "event": "observed_at",
  "also_dated_by": [],
  "money": None,
  "rules": [],
  "columns": {
   "lead_id": {
    "type": "text",
    "need": "key"
   },
   "criterion": {
    "type": "text",
    "need": "key"
   },
   "observed_at": {
    "type": "timestamp",
    "need": "key"
   },
   "is_met": {
    "type": "boolean",
    "need": "required"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "lead_scores": {
  "is_required": False,
  "event": "scored_at",
  "also_dated_by": [],
  "money": None,
  "rules": [
   {
    "reason": "score_out_of_range",
    "when": "score < 0 or score > 100"
   }
  ],
  "columns": {
   "lead_id": {
    "type": "text",
    "need": "key"
   },
   "scored_at": {
    "type": "timestamp",
    "need": "key"
   },
   "score": {
    "type": "decimal",
    "need": "required"
   },
   "score_version": {
    "type": "text",
    "need": "optional_key"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "lead_stage_history": {
  "is_required": False,
  "event": "entered_at",
  "also_dated_by": [],
  "money": None,
  "rules": [],
  "columns": {
   "lead_id": {
    "type": "text",
    "need": "key"
   },
   "stage": {
    "type": "text",
    "need": "key"
   },
   "entered_at": {
    "type": "timestamp",
    "need": "key"
   },
   "changed_by": {
    "type": "text",
    "need": "optional"
   },
   "reason": {
    "type": "text",
    "need": "optional"
   },
   "criteria_version": {
    "type": "text",
    "need": "optional"
   },
   "is_bulk_change": {
    "type": "boolean",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "leads": {
  "is_required": False,
  "event": "created_at",
  "also_dated_by": [
   "first_seen_at"
  ],
  "money": None,
  "rules": [],
  "columns": {
   "lead_id": {
    "type": "text",
    "need": "key"
   },
   "created_at": {
    "type": "timestamp",
    "need": "required"
   },
   "first_seen_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "contact_id": {
    "type": "text",
    "need": "optional"
   },
   "company_id": {
    "type": "text",
    "need": "optional"
   },
   "email": {
    "type": "text",
    "need": "optional",
    "letters": "lower"
   },
   "phone": {
    "type": "text",
    "need": "optional"
   },
   "client_id": {
    "type": "text",
    "need": "optional"
   },
   "lead_type": {
    "type": "text",
    "need": "optional",
    "default": "form",
    "accepted": [
     "form",
     "quote",
     "demo",
     "account_request",
     "newsletter",
     "import"
    ]
   },
   "lead_source": {
    "type": "text",
    "need": "optional"
   },
   "marketing_channel": {
    "type": "text",
    "need": "optional"
   },
   "campaign": {
    "type": "text",
    "need": "optional"
   },
   "utm_source": {
    "type": "text",
    "need": "optional"
   },
   "utm_medium": {
    "type": "text",
    "need": "optional"
   },
   "utm_campaign": {
    "type": "text",
    "need": "optional"
   },
   "sales_rep_id": {
    "type": "text",
    "need": "optional"
   },
   "industry": {
    "type": "text",
    "need": "optional"
   },
   "country_code": {
    "type": "text",
    "need": "optional",
    "letters": "upper"
   },
   "merged_into_lead_id": {
    "type": "text",
    "need": "optional"
   },
   "is_spam": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "opportunities": {
  "is_required": False,
  "event": "created_at",
  "also_dated_by": [
   "closed_at"
  ],
  "money": "amount",
  "rules": [
   {
    "reason": "closed_without_moment",
    "when": "opportunity_status in ('won', 'lost') and closed_at is null"
   },
   {
    "reason": "closed_before_created",
    "when": "closed_at < created_at"
   },
   {
    "reason": "amount_without_currency",
    "when": "amount is not null and currency_code is null"
   },
   {
    "reason": "negative_amount",
    "when": "amount < 0"
   }
  ],
  "columns": {
   "opportunity_id": {
    "type": "text",
    "need": "key"
   },
   "created_at": {
    "type": "timestamp",
    "need": "required"
   },
   "opportunity_status": {
    "type": "text",
    "need": "required",
    "accepted": [
     "open",
     "won",
     "lost"
    ]
   },
   "closed_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "company_id": {
    "type": "text",
    "need": "optional"
   },
   "contact_id": {
    "type": "text",
    "need": "optional"
   },
   "lead_id": {
    "type": "text",
    "need": "optional"
   },
   "order_id": {
    "type": "text",
    "need": "optional"
   },
   "amount": {
    "type": "decimal",
    "need": "optional"
   },
   "currency_code": {
    "type": "text",
    "need": "optional",
    "letters": "upper",
    "pattern": "[A-Z]{3}"
   },
   "sales_rep_id": {
    "type": "text",
    "need": "optional"
   },
   "loss_reason": {
    "type": "text",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "opportunity_splits": {
  "is_required": False,
  "event": None,
  "also_dated_by": [],
  "money": None,
  "rules": [
   {
    "reason": "share_out_of_range",
    "when": "share < 0 or share > 1"
   }
  ],
  "columns": {
   "opportunity_id": {
    "type": "text",
    "need": "key"
   },
   "sales_rep_id": {
    "type": "text",
    "need": "key"
   },
   "share": {
    "type": "rate",
    "need": "required"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "opportunity_stage_history": {
  "is_required": False,
  "event": "entered_at",
  "also_dated_by": [],
  "money": None,
  "rules": [],
  "columns": {
   "opportunity_id": {
    "type": "text",
    "need": "key"
   },
   "stage": {
    "type": "text",
    "need": "key"
   },
   "entered_at": {
    "type": "timestamp",
    "need": "key"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "order_lines": {
  "is_required": True,
  "event": None,
  "also_dated_by": [
   "added_at",
   "cancelled_at"
  ],
  "money": "quantity * unit_price",
  "rules": [
   {
    "reason": "implausible_line_value",
    "when": "abs(cast(quantity as decimal(19, 4)) * unit_price) >= 1000000000000 or abs(cast(quantity as decimal(19, 4)) * unit_cost) >= 1000000000000"
   },
   {
    "reason": "negative_line_discount",
    "when": "line_discount_amount < 0 and quantity > 0"
   },
   {
    "reason": "negative_tax_amount",
    "when": "tax_amount < 0 and quantity > 0 and unit_price >= 0"
   },
   {
    "reason": "tax_rate_out_of_range",
    "when": "tax_rate < 0 or tax_rate > 1"
   },
   {
    "reason": "negative_unit_cost",
    "when": "unit_cost < 0"
   },
   {
    "reason": "negative_cancelled_quantity",
    "when": "cancelled_quantity < 0"
   },
   {
    "reason": "cancelled_more_than_ordered",
    "when": "cancelled_quantity > abs(quantity)"
   },
   {
    "reason": "cancelled_without_moment",
    "when": "cancelled_quantity > 0 and cancelled_at is null"
   }
  ],
  "columns": {
   "order_line_id": {
    "type": "text",
    "need": "key"
   },
   "order_id": {
    "type": "text",
    "need": "required"
   },
   "quantity": {
    "type": "decimal",
    "need": "required"
   },
   "unit_price": {
    "type": "decimal",
    "need": "required"
   },
   "product_id": {
    "type": "text",
    "need": "optional"
   },
   "line_discount_amount": {
    "type": "decimal",
    "need": "optional",
    "default": "0"
   },
   "tax_amount": {
    "type": "decimal",
    "need": "optional"
   },
   "tax_rate": {
    "type": "rate",
    "need": "optional"
   },
   "unit_cost": {
    "type": "decimal",
    "need": "optional"
   },
   "added_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "cancelled_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "cancelled_quantity": {
    "type": "decimal",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "orders": {
  "is_required": True,
  "event": "placed_at",
  "also_dated_by": [
   "cancelled_at",
   "invoiced_at",
   "paid_at"
  ],
  "money": "total_amount",
  "rules": [
   {
    "reason": "cancelled_without_moment",
    "when": "order_status = 'cancelled' and cancelled_at is null"
   },
   {
    "reason": "cancelled_before_placed",
    "when": "cancelled_at < placed_at"
   },
   {
    "reason": "negative_order_discount",
    "when": "order_discount_amount < 0 and order_type != 'credit'"
   },
   {
    "reason": "negative_shipping_amount",
    "when": "shipping_amount < 0 and order_type != 'credit'"
   },
   {
    "reason": "negative_tax_amount",
    "when": "tax_amount < 0 and order_type != 'credit'"
   }
  ],
  "columns": {
   "order_id": {
    "type": "text",
    "need": "key"
   },
   "placed_at": {
    "type": "timestamp",
    "need": "required"
   },
   "currency_code": {
    "type": "text",
    "need": "required",
    "letters": "upper",
    "pattern": "[A-Z]{3}"
   },
   "company_id": {
    "type": "text",
    "need": "optional"
   },
   "contact_id": {
    "type": "text",
    "need": "optional"
   },
   "email": {
    "type": "text",
    "need": "optional",
    "letters": "lower"
   },
   "order_type": {
    "type": "text",
    "need": "optional",
    "default": "sale",
    "accepted": [
     "sale",
     "sample",
     "replacement",
     "warranty",
     "internal",
     "credit"
    ]
   },
   "order_status": {
    "type": "text",
    "need": "optional",
    "default": "placed",
    "accepted": [
     "placed",
     "draft",
     "quote",
     "cancelled"
    ]
   },
   "is_test": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   },
   "cancelled_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "invoiced_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "paid_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "order_discount_amount": {
    "type": "decimal",
    "need": "optional",
    "default": "0"
   },
   "shipping_amount": {
    "type": "decimal",
    "need": "optional",
    "default": "0"
   },
   "tax_amount": {
    "type": "decimal",
    "need": "optional"
   },
   "prices_include_tax": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   },
   "total_amount": {
    "type": "decimal",
    "need": "optional"
   },
   "sales_channel": {
    "type": "text",
    "need": "optional"
   },
   "sales_rep_id": {
    "type": "text",
    "need": "optional"
   },
   "country_code": {
    "type": "text",
    "need": "optional",
    "letters": "upper"
   },
   "session_id": {
    "type": "text",
    "need": "optional"
   },
   "client_id": {
    "type": "text",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "payments": {
  "is_required": False,
  "event": "paid_at",
  "also_dated_by": [],
  "money": "amount",
  "rules": [],
  "columns": {
   "payment_id": {
    "type": "text",
    "need": "key"
   },
   "paid_at": {
    "type": "timestamp",
    "need": "required"
   },
   "amount": {
    "type": "decimal",
    "need": "required"
   },
   "currency_code": {
    "type": "text",
    "need": "required",
    "letters": "upper",
    "pattern": "[A-Z]{3}"
   },
   "order_id": {
    "type": "text",
    "need": "optional"
   },
   "invoice_id": {
    "type": "text",
    "need": "optional"
   },
   "payment_status": {
    "type": "text",
    "need": "optional",
    "default": "succeeded",
    "accepted": [
     "succeeded",
     "pending",
     "failed"
    ]
   },
   "payment_method": {
    "type": "text",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "product_costs": {
  "is_required": False,
  "event": None,
  "also_dated_by": [],
  "money": "unit_cost",
  "rules": [
   {
    "reason": "valid_to_before_valid_from",
    "when": "valid_to < valid_from"
   },
   {
    "reason": "negative_unit_cost",
    "when": "unit_cost < 0"
   }
  ],
  "columns": {
   "product_id": {
    "type": "text",
    "need": "key"
   },
   "valid_from": {
    "type": "date",
    "need": "key"
   },
   "valid_to": {
    "type": "date",
    "need": "optional"
   },
   "unit_cost": {
    "type": "decimal",
    "need": "required"
   },
   "currency_code": {
    "type": "text",
    "need": "required",
    "letters": "upper",
    "pattern": "[A-Z]{3}"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "products": {
  "is_required": False,
  "event": None,
  "also_dated_by": [],
  "money": None,
  "rules": [
   {
    "reason": "valid_to_before_valid_from",
    "when": "valid_to < valid_from"
   }
  ],
  "columns": {
   "product_id": {
    "type": "text",
    "need": "key"
   },
   "valid_from": {
    "type": "timestamp",
    "need": "optional_key"
   },
   "valid_to": {
    "type": "timestamp",
    "need": "optional"
   },
   "product_name": {
    "type": "text",
    "need": "optional"
   },
   "product_category": {
    "type": "text",
    "need": "optional"
   },
   "is_gift_card": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "quotes": {
  "is_required": False,
  "event": "requested_at",
  "also_dated_by": [],
  "money": "amount",
  "rules": [
   {
    "reason": "amount_without_currency",
    "when": "amount is not null and currency_code is null"
   },
   {
    "reason": "negative_amount",
    "when": "amount < 0"
   }
  ],
  "columns": {
   "quote_id": {
    "type": "text",
    "need": "key"
   },
   "requested_at": {
    "type": "timestamp",
    "need": "required"
   },
   "company_id": {
    "type": "text",
    "need": "optional"
   },
   "contact_id": {
    "type": "text",
    "need": "optional"
   },
   "order_id": {
    "type": "text",
    "need": "optional"
   },
   "sent_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "accepted_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "rejected_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "expired_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "amount": {
    "type": "decimal",
    "need": "optional"
   },
   "currency_code": {
    "type": "text",
    "need": "optional",
    "letters": "upper",
    "pattern": "[A-Z]{3}"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "refund_lines": {
  "is_required": False,
  "event": None,
  "also_dated_by": [],
  "money": "amount_excl_tax",
  "rules": [
   {
    "reason": "negative_amount",
    "when": "amount_excl_tax < 0 or tax_amount < 0"
   },
   {
    "reason": "negative_quantity",
    "when": "quantity < 0"
   }
  ],
  "columns": {
   "refund_line_id": {
    "type": "text",
    "need": "key"
   },
   "refund_id": {
    "type": "text",
    "need": "required"
   },
   "amount_excl_tax": {
    "type": "decimal",
    "need": "required"
   },
   "order_line_id": {
    "type": "text",
    "need": "optional"
   },
   "quantity": {
    "type": "decimal",
    "need": "optional",
    "default": "0"
   },
   "tax_amount": {
    "type": "decimal",
    "need": "optional"
   },
   "reason": {
    "type": "text",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "refunds": {
  "is_required": False,
  "event": "refunded_at",
  "also_dated_by": [],
  "money": "amount_excl_tax",
  "rules": [
   {
    "reason": "negative_amount",
    "when": "(amount_excl_tax < 0 or tax_amount < 0 or shipping_amount < 0) and refund_kind != 'correction'"
   }
  ],
  "columns": {
   "refund_id": {
    "type": "text",
    "need": "key"
   },
   "order_id": {
    "type": "text",
    "need": "required"
   },
   "refunded_at": {
    "type": "timestamp",
    "need": "required"
   },
   "refund_kind": {
    "type": "text",
    "need": "optional",
    "default": "return",
    "accepted": [
     "return",
     "price_adjustment",
     "goodwill",
     "chargeback",
     "correction"
    ]
   },
   "amount_excl_tax": {
    "type": "decimal",
    "need": "optional"
   },
   "tax_amount": {
    "type": "decimal",
    "need": "optional",
    "default": "0"
   },
   "shipping_amount": {
    "type": "decimal",
    "need": "optional",
    "default": "0"
   },
   "reason": {
    "type": "text",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "sales_reps": {
  "is_required": False,
  "event": None,
  "also_dated_by": [],
  "money": None,
  "rules": [
   {
    "reason": "valid_to_before_valid_from",
    "when": "valid_to < valid_from"
   }
  ],
  "columns": {
   "sales_rep_id": {
    "type": "text",
    "need": "key"
   },
   "valid_from": {
    "type": "timestamp",
    "need": "optional_key"
   },
   "valid_to": {
    "type": "timestamp",
    "need": "optional"
   },
   "rep_name": {
    "type": "text",
    "need": "optional"
   },
   "team": {
    "type": "text",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "subscription_changes": {
  "is_required": False,
  "event": None,
  "also_dated_by": [],
  "money": "quantity * unit_price",
  "rules": [
   {
    "reason": "negative_quantity",
    "when": "quantity < 0"
   },
   {
    "reason": "negative_unit_price",
    "when": "unit_price < 0"
   },
   {
    "reason": "negative_discount_amount",
    "when": "discount_amount < 0"
   },
   {
    "reason": "interval_count_below_1",
    "when": "interval_count < 1"
   }
  ],
  "columns": {
   "change_id": {
    "type": "text",
    "need": "key"
   },
   "subscription_id": {
    "type": "text",
    "need": "required"
   },
   "effective_date": {
    "type": "date",
    "need": "required"
   },
   "change_type": {
    "type": "text",
    "need": "required",
    "accepted": [
     "start",
     "change",
     "pause",
     "resume",
     "cancel_request",
     "end",
     "transfer"
    ]
   },
   "quantity": {
    "type": "decimal",
    "need": "optional"
   },
   "unit_price": {
    "type": "decimal",
    "need": "optional"
   },
   "discount_amount": {
    "type": "decimal",
    "need": "optional"
   },
   "product_id": {
    "type": "text",
    "need": "optional"
   },
   "plan_name": {
    "type": "text",
    "need": "optional"
   },
   "billing_interval": {
    "type": "text",
    "need": "optional",
    "accepted": [
     "day",
     "week",
     "month",
     "quarter",
     "year"
    ]
   },
   "company_id": {
    "type": "text",
    "need": "optional"
   },
   "interval_count": {
    "type": "integer",
    "need": "optional"
   },
   "recorded_at": {
    "type": "timestamp",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "subscriptions": {
  "is_required": False,
  "event": "start_date",
  "also_dated_by": [],
  "money": "quantity * unit_price",
  "rules": [
   {
    "reason": "implausible_line_value",
    "when": "abs(cast(quantity as decimal(19, 4)) * unit_price) >= 1000000000000"
   },
   {
    "reason": "end_before_start",
    "when": "end_date < start_date"
   },
   {
    "reason": "negative_quantity",
    "when": "quantity < 0"
   },
   {
    "reason": "negative_unit_price",
    "when": "unit_price < 0"
   },
   {
    "reason": "negative_discount_amount",
    "when": "discount_amount < 0"
   },
   {
    "reason": "interval_count_below_1",
    "when": "interval_count < 1"
   }
  ],
  "columns": {
   "subscription_id": {
    "type": "text",
    "need": "key"
   },
   "company_id": {
    "type": "text",
    "need": "required"
   },
   "start_date": {
    "type": "date",
    "need": "required"
   },
   "end_date": {
    "type": "date",
    "need": "optional"
   },
   "unit_price": {
    "type": "decimal",
    "need": "required"
   },
   "currency_code": {
    "type": "text",
    "need": "required",
    "letters": "upper",
    "pattern": "[A-Z]{3}"
   },
   "billing_interval": {
    "type": "text",
    "need": "required",
    "accepted": [
     "day",
     "week",
     "month",
     "quarter",
     "year"
    ]
   },
   "interval_count": {
    "type": "integer",
    "need": "optional",
    "default": "1"
   },
   "quantity": {
    "type": "decimal",
    "need": "optional",
    "default": "1"
   },
   "contract_id": {
    "type": "text",
    "need": "optional"
   },
   "product_id": {
    "type": "text",
    "need": "optional"
   },
   "plan_name": {
    "type": "text",
    "need": "optional"
   },
   "sales_rep_id": {
    "type": "text",
    "need": "optional"
   },
   "discount_amount": {
    "type": "decimal",
    "need": "optional",
    "default": "0"
   },
   "discount_end_date": {
    "type": "date",
    "need": "optional"
   },
   "trial_end_date": {
    "type": "date",
    "need": "optional"
   },
   "cancel_requested_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "past_due_since": {
    "type": "date",
    "need": "optional"
   },
   "cancel_reason": {
    "type": "text",
    "need": "optional"
   },
   "is_involuntary": {
    "type": "boolean",
    "need": "optional"
   },
   "is_metered": {
    "type": "boolean",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "survey_responses": {
  "is_required": False,
  "event": "responded_at",
  "also_dated_by": [
   "invited_at"
  ],
  "money": None,
  "rules": [
   {
    "reason": "answer_without_score",
    "when": "responded_at is not null and score is null"
   },
   {
    "reason": "score_without_moment",
    "when": "responded_at is null and score is not null"
   }
  ],
  "columns": {
   "response_id": {
    "type": "text",
    "need": "key"
   },
   "survey_id": {
    "type": "text",
    "need": "required"
   },
   "contact_id": {
    "type": "text",
    "need": "optional"
   },
   "company_id": {
    "type": "text",
    "need": "optional"
   },
   "order_id": {
    "type": "text",
    "need": "optional"
   },
   "product_id": {
    "type": "text",
    "need": "optional"
   },
   "invited_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "responded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "score": {
    "type": "integer",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "surveys": {
  "is_required": False,
  "event": None,
  "also_dated_by": [],
  "money": None,
  "rules": [
   {
    "reason": "scale_without_range",
    "when": "scale_max <= scale_min"
   }
  ],
  "columns": {
   "survey_id": {
    "type": "text",
    "need": "key"
   },
   "survey_type": {
    "type": "text",
    "need": "required",
    "accepted": [
     "relationship",
     "transactional"
    ]
   },
   "scale_min": {
    "type": "integer",
    "need": "required"
   },
   "scale_max": {
    "type": "integer",
    "need": "required"
   },
   "survey_name": {
    "type": "text",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "targets": {
  "is_required": False,
  "event": None,
  "also_dated_by": [],
  "money": None,
  "rules": [],
  "columns": {
   "kpi": {
    "type": "text",
    "need": "key"
   },
   "variant": {
    "type": "text",
    "need": "key"
   },
   "period_grain": {
    "type": "text",
    "need": "key",
    "accepted": [
     "day",
     "week",
     "month",
     "quarter",
     "year",
     "r12m"
    ]
   },
   "period_start": {
    "type": "date",
    "need": "key"
   },
   "dimension": {
    "type": "text",
    "need": "key",
    "default": "total"
   },
   "dimension_value": {
    "type": "text",
    "need": "key",
    "default": "all"
   },
   "target_version": {
    "type": "text",
    "need": "key",
    "default": "budget"
   },
   "target_value": {
    "type": "decimal",
    "need": "required"
   },
   "approved_on": {
    "type": "date",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "touches": {
  "is_required": False,
  "event": "touched_at",
  "also_dated_by": [],
  "money": None,
  "rules": [
   {
    "reason": "touch_of_nobody",
    "when": "coalesce(company_id, contact_id, lead_id, client_id) is null"
   }
  ],
  "columns": {
   "touch_id": {
    "type": "text",
    "need": "key"
   },
   "touched_at": {
    "type": "timestamp",
    "need": "required"
   },
   "company_id": {
    "type": "text",
    "need": "optional"
   },
   "contact_id": {
    "type": "text",
    "need": "optional"
   },
   "lead_id": {
    "type": "text",
    "need": "optional"
   },
   "client_id": {
    "type": "text",
    "need": "optional"
   },
   "marketing_channel": {
    "type": "text",
    "need": "optional"
   },
   "campaign": {
    "type": "text",
    "need": "optional"
   },
   "interaction_type": {
    "type": "text",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "usage_charges": {
  "is_required": False,
  "event": "usage_date",
  "also_dated_by": [],
  "money": "amount",
  "rules": [
   {
    "reason": "negative_amount",
    "when": "amount < 0"
   }
  ],
  "columns": {
   "usage_charge_id": {
    "type": "text",
    "need": "key"
   },
   "subscription_id": {
    "type": "text",
    "need": "required"
   },
   "usage_date": {
    "type": "date",
    "need": "required"
   },
   "amount": {
    "type": "decimal",
    "need": "required"
   },
   "currency_code": {
    "type": "text",
    "need": "required",
    "letters": "upper",
    "pattern": "[A-Z]{3}"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "web_events": {
  "is_required": False,
  "event": "event_at",
  "also_dated_by": [],
  "money": None,
  "rules": [
   {
    "reason": "negative_bytes_sent",
    "when": "bytes_sent < 0"
   }
  ],
  "columns": {
   "event_id": {
    "type": "text",
    "need": "key"
   },
   "event_at": {
    "type": "timestamp",
    "need": "required"
   },
   "event_name": {
    "type": "text",
    "need": "required"
   },
   "client_id": {
    "type": "text",
    "need": "optional"
   },
   "contact_id": {
    "type": "text",
    "need": "optional"
   },
   "session_id": {
    "type": "text",
    "need": "optional"
   },
   "page_url": {
    "type": "text",
    "need": "optional"
   },
   "referrer": {
    "type": "text",
    "need": "optional"
   },
   "utm_source": {
    "type": "text",
    "need": "optional"
   },
   "utm_medium": {
    "type": "text",
    "need": "optional"
   },
   "utm_campaign": {
    "type": "text",
    "need": "optional"
   },
   "device_type": {
    "type": "text",
    "need": "optional"
   },
   "country_code": {
    "type": "text",
    "need": "optional",
    "letters": "upper"
   },
   "user_agent": {
    "type": "text",
    "need": "optional"
   },
   "bytes_sent": {
    "type": "integer",
    "need": "optional"
   },
   "order_id": {
    "type": "text",
    "need": "optional"
   },
   "is_bot": {
    "type": "boolean",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 },
 "web_sessions": {
  "is_required": False,
  "event": "started_at",
  "also_dated_by": [],
  "money": None,
  "rules": [
   {
    "reason": "ended_before_started",
    "when": "ended_at < started_at"
   },
   {
    "reason": "negative_pageviews",
    "when": "pageviews < 0"
   },
   {
    "reason": "negative_bytes_sent",
    "when": "bytes_sent < 0"
   }
  ],
  "columns": {
   "session_id": {
    "type": "text",
    "need": "key"
   },
   "started_at": {
    "type": "timestamp",
    "need": "required"
   },
   "client_id": {
    "type": "text",
    "need": "optional"
   },
   "contact_id": {
    "type": "text",
    "need": "optional"
   },
   "ended_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "pageviews": {
    "type": "integer",
    "need": "optional",
    "default": "1"
   },
   "bytes_sent": {
    "type": "integer",
    "need": "optional"
   },
   "utm_source": {
    "type": "text",
    "need": "optional"
   },
   "utm_medium": {
    "type": "text",
    "need": "optional"
   },
   "utm_campaign": {
    "type": "text",
    "need": "optional"
   },
   "referrer": {
    "type": "text",
    "need": "optional"
   },
   "landing_page": {
    "type": "text",
    "need": "optional"
   },
   "device_type": {
    "type": "text",
    "need": "optional"
   },
   "country_code": {
    "type": "text",
    "need": "optional",
    "letters": "upper"
   },
   "has_product_view": {
    "type": "boolean",
    "need": "optional"
   },
   "has_cart": {
    "type": "boolean",
    "need": "optional"
   },
   "has_checkout": {
    "type": "boolean",
    "need": "optional"
   },
   "has_form_submit": {
    "type": "boolean",
    "need": "optional"
   },
   "is_bot": {
    "type": "boolean",
    "need": "optional"
   }
  },
  "common": {
   "source_name": {
    "type": "text",
    "need": "optional",
    "default": "default"
   },
   "source_updated_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "loaded_at": {
    "type": "timestamp",
    "need": "optional"
   },
   "is_deleted": {
    "type": "boolean",
    "need": "optional",
    "default": "false"
   }
  }
 }
}) }}
{% endmacro %}
