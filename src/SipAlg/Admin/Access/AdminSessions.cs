using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SipAlg.Admin.Access;

/// <summary>Somebody who has logged in to the console.</summary>
/// <param name="Name">For the audit; it opens nothing.</param>
/// <param name="Began">A timestamp.</param>
internal sealed record AdminSession(string Name, bool MayChange, string Address, long Began)
{
    /// <summary>A timestamp.</summary>
    public long Used { get; set; } = Began;
}

/// <summary>
/// The sessions of the console: as many as there may be, each until it has been idle or has lasted too long. Kept by the hash of what
/// the cookie holds, so that memory tells nobody how to be let in.
/// </summary>
internal sealed class AdminSessions(TimeProvider time)
{
    public const string Cookie = "sipalg_session";

    /// <summary>At once; of more the one that was idle longest ends.</summary>
    public const int Most = 100;

    private const int SecretLength = 32;

    /// <summary>Unused for so long a session ends.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    /// <summary>And after so long in any case: a console left open asks for ever.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, AdminSession> _sessions = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>What the cookie is to hold.</summary>
    public string Begin(bool mayChange, string address)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretLength));
        var key = Key(secret);
        lock (_lock)
        {
            RemoveOver();
            if (_sessions.Count >= Most)
            {
                _sessions.Remove(_sessions.MinBy(entry => entry.Value.Used).Key);
            }

            _sessions.Add(key, new AdminSession(key[..8], mayChange, address, time.GetTimestamp()));
        }

        return secret;
    }

    /// <summary>The session that stands, which is used by this; null: none.</summary>
    /// <param name="secret">What the cookie holds; null without one.</param>
    public AdminSession? Find(string? secret)
    {
        if (string.IsNullOrEmpty(secret))
        {
            return null;
        }

        lock (_lock)
        {
            var session = _sessions.GetValueOrDefault(Key(secret));
            if (session is null || IsOver(session))
            {
                return null;
            }

            session.Used = time.GetTimestamp();
            return session;
        }
    }

    /// <summary>Whether it still stands; asking is no use of it.</summary>
    public bool Holds(AdminSession session)
    {
        lock (_lock)
        {
            return !IsOver(session) && _sessions.ContainsValue(session);
        }
    }

    /// <returns>False: there was none.</returns>
    public bool End(string? secret)
    {
        lock (_lock)
        {
            return !string.IsNullOrEmpty(secret) && _sessions.Remove(Key(secret));
        }
    }

    private void RemoveOver()
    {
        foreach (var over in _sessions.Where(entry => IsOver(entry.Value)).ToArray())
        {
            _sessions.Remove(over.Key);
        }
    }

    private bool IsOver(AdminSession session) => time.GetElapsedTime(session.Used) >= Idle || time.GetElapsedTime(session.Began) >= Longest;

    private static string Key(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
