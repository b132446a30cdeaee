using System.Security.Cryptography;
using System.Text;
using SipAlg.Configuration;

namespace SipAlg.Admin;

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
/// Who may do what. Health is open; looking wants any of the tokens, changing the one for it. Without any token the admin listener is
/// open, which the configuration allows on loopback only.
/// </summary>
internal sealed class AdminAccess(AdminSettings settings)
{
    private const string Scheme = "Bearer ";

    private readonly byte[]? _token = Hash(settings.Token);
    private readonly byte[]? _readToken = Hash(settings.ReadToken);
    private readonly byte[]? _metricsToken = Hash(settings.Metrics?.Token);

    /// <param name="authorization">The header's value; null or empty without one.</param>
    public AccessResult Check(AdminDoor door, string method, string path, string? authorization)
    {
        var presented = Hash(Bearer(authorization));
        if (door == AdminDoor.Metrics)
        {
            return _metricsToken is null || IsAny(presented, _metricsToken, _readToken, _token) ? AccessResult.Granted : AccessResult.Unauthorized;
        }

        if (path is "/healthz" or "/readyz" || (_token is null && _readToken is null))
        {
            return AccessResult.Granted;
        }

        if (!IsAny(presented, _token, _readToken, null))
        {
            return AccessResult.Unauthorized;
        }

        var looks = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        return looks || IsAny(presented, _token, null, null) ? AccessResult.Granted : AccessResult.Forbidden;
    }

    private static string? Bearer(string? authorization) =>
        authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : null;

    /// <summary>Compares with each, so that the time taken tells nothing.</summary>
    private static bool IsAny(byte[]? presented, byte[]? first, byte[]? second, byte[]? third) =>
        Equal(presented, first) | Equal(presented, second) | Equal(presented, third);

    private static bool Equal(byte[]? presented, byte[]? token) => presented is not null && token is not null && CryptographicOperations.FixedTimeEquals(presented, token);

    /// <summary>Of one length, whatever the token's is.</summary>
    private static byte[]? Hash(string? token) => token is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
