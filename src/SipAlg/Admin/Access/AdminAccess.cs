using System.Security.Cryptography;
using System.Text;
using SipAlg.Configuration;

namespace SipAlg.Admin.Access;

/// <summary>What a request may.</summary>
internal enum AccessResult : byte
{
    Granted,

    /// <summary>No token, or a wrong one.</summary>
    Unauthorized,

    /// <summary>A token that may only look, or nobody may change things since there is no token for it.</summary>
    Forbidden,
}

/// <summary>
/// Who may do what. Looking wants any of the tokens, or a session; changing the one for it. Without any token the admin listener is
/// open, which the configuration allows on loopback only.
/// </summary>
internal sealed class AdminAccess(AdminSettings settings, AdminSessions sessions)
{
    private const string Scheme = "Bearer ";

    private readonly byte[]? _token = Hash(settings.Token);
    private readonly byte[]? _readToken = Hash(settings.ReadToken);
    private readonly byte[]? _metricsToken = Hash(settings.Metrics?.Token);

    /// <summary>There is a token to show.</summary>
    public bool HasTokens => _token is not null || _readToken is not null;

    /// <summary>Who asks: a token goes before a session.</summary>
    /// <param name="authorization">The header's value; null or empty without one.</param>
    /// <param name="cookie">The value of the session's cookie; null without one.</param>
    public AdminCaller Identify(string? authorization, string? cookie)
    {
        var bearer = Bearer(authorization);
        if (bearer is not null && OfToken(bearer) is { } known)
        {
            return known;
        }

        if (!HasTokens)
        {
            return AdminCaller.Anybody;
        }

        return bearer is null && sessions.Find(cookie) is { } session
            ? new AdminCaller(CallerKind.Session, session.MayChange, session)
            : new AdminCaller(CallerKind.Stranger, HasGuessed: bearer is not null);
    }

    /// <summary>Whose token it is; null: none of ours. Compares with each, so that the time taken tells nothing.</summary>
    public AdminCaller? OfToken(string token)
    {
        var presented = Hash(token)!;
        var (isToken, isReadToken, isMetricsToken) = (Equal(presented, _token), Equal(presented, _readToken), Equal(presented, _metricsToken));
        return isToken ? new AdminCaller(CallerKind.Token, MayChange: true)
            : isReadToken ? new AdminCaller(CallerKind.ReadToken)
            : isMetricsToken ? new AdminCaller(CallerKind.MetricsToken) : null;
    }

    public AccessResult Check(AdminDoor door, AccessNeed need, AdminCaller caller)
    {
        if (door == AdminDoor.Metrics)
        {
            return _metricsToken is null || caller.Kind is CallerKind.Token or CallerKind.ReadToken or CallerKind.MetricsToken ? AccessResult.Granted : AccessResult.Unauthorized;
        }

        return need == AccessNeed.None || !HasTokens || caller.MayChange || (caller.MayLook && need == AccessNeed.Look) ? AccessResult.Granted
            : caller.MayLook ? AccessResult.Forbidden : AccessResult.Unauthorized;
    }

    private static string? Bearer(string? authorization) =>
        authorization is null or "" ? null
        : authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : "";

    private static bool Equal(byte[] presented, byte[]? token) => token is not null && CryptographicOperations.FixedTimeEquals(presented, token);

    /// <summary>Of one length, whatever the token's is.</summary>
    private static byte[]? Hash(string? token) => token is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
