using System.Security.Cryptography;
using SipAlg.Calls.Peers;
using SipAlg.Configuration;

namespace SipAlg.State;

/// <summary>The key that contacts which are registered with peers are made of; kept, so that a restart takes the place of what was registered.</summary>
internal static class ContactKey
{
    public const string FileName = "contacts.key";

    /// <summary>Null: no peer needs one.</summary>
    public static ContactUsers? Open(LoadedConfiguration configuration, ILogger log)
    {
        if (configuration.Model.Peers.All(peer => peer.Register is not { ContactUser: null }))
        {
            return null;
        }

        var path = Path.Combine(configuration.Host.StateFolder, FileName);
        try
        {
            return new ContactUsers(Read(path) ?? Write(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            StateLog.KeyNotKept(log, path, fault.Message);
            return ContactUsers.Passing();
        }
    }

    private static byte[]? Read(string path) => File.Exists(path) && File.ReadAllBytes(path) is { Length: ContactUsers.KeyLength } key ? key : null;

    private static byte[] Write(string path)
    {
        var key = RandomNumberGenerator.GetBytes(ContactUsers.KeyLength);
        PrivateFile.Write(path, key, overwrite: true);
        return key;
    }
}
