"""The partner's API: `/api/partner/v1/`. Its promises stand in docs/partners/developer.md."""
