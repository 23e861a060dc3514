"""Headers that Django has no setting for."""

FEATURES_NOBODY_NEEDS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeadersMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", FEATURES_NOBODY_NEEDS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # A shared phone's back button must not show the last person's record.
        response.headers.setdefault("Cache-Control", "no-store")
        return response
