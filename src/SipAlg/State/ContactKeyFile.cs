using SipAlg.Calls.Registrations;
using SipAlg.Configuration;

namespace SipAlg.State;

/// <summary>The key that contacts are made with, kept where there are any that outlast the process.</summary>
internal static class ContactKeyFile
{
    public const string Name = "contacts.key";

    /// <summary>The one that is kept, else a new one, which is kept if need be.</summary>
    public static ContactKey Open(LoadedConfiguration configuration, ILogger log)
    {
        try
        {
            if (Read(PathOf(configuration)) is { } kept)
            {
                return kept;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Keeping one meets the same, and says so if it matters.
        }

        var key = ContactKey.Draw();
        Keep(key, configuration, log);
        return key;
    }

    /// <summary>Keeps what this process works with, if a configuration needs that and nothing is kept so far.</summary>
    public static void Keep(ContactKey key, LoadedConfiguration configuration, ILogger log)
    {
        if (!IsNeeded(configuration))
        {
            return;
        }

        var path = PathOf(configuration);
        try
        {
            if (Read(path) is null)
            {
                PrivateFile.Write(path, key.Octets, overwrite: true);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            StateLog.KeyNotKept(log, path, fault.Message);
        }
    }

    private static bool IsNeeded(LoadedConfiguration configuration) =>
        configuration.Model.Peers.Any(peer => peer.Register is { ContactUser: null }) ||
        configuration.Model.Realms.Any(realm => realm is not { Authentication: null, Relay: null });

    private static string PathOf(LoadedConfiguration configuration) => Path.Combine(configuration.Host.StateFolder, Name);

    /// <summary>Null: there is none, or nothing that is one.</summary>
    private static ContactKey? Read(string path) => File.Exists(path) && File.ReadAllBytes(path) is { Length: ContactKey.Length } octets ? new ContactKey(octets) : null;
}
