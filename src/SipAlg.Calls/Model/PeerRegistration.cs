namespace SipAlg.Calls.Model;

/// <summary>The gateway is a user at a peer, and tells it where it is (RFC 3261 §10.2).</summary>
/// <param name="Aor">The address-of-record; has a user part. Its host names the registrar's domain, not the way there.</param>
/// <param name="Expires">How long a registration is asked to hold.</param>
/// <param name="ContactUser">User part of the registered Contact; null: one that nobody guesses is made.</param>
public sealed record PeerRegistration(PeerAddress Aor, TimeSpan Expires, string? ContactUser);
