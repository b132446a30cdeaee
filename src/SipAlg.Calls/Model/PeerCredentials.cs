namespace SipAlg.Calls.Model;

/// <summary>What the gateway answers a peer's 401 and 407 with.</summary>
/// <param name="username">As the peer knows the gateway.</param>
/// <param name="realm">Challenges of this realm only are answered; null: of any.</param>
/// <param name="password">Never printed.</param>
public sealed class PeerCredentials(string username, string? realm, string password)
{
    public string Username => username;
    public string? Realm => realm;
    internal string Password => password;

    public override string ToString() => $"{username}, realm {realm ?? "any"}";
}
