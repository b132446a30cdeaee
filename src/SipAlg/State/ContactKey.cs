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

    /// <summary>Whole or not at all, and for nobody else to read.</summary>
    private static byte[] Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var key = RandomNumberGenerator.GetBytes(ContactUsers.KeyLength);
        var written = path + ".new";
        File.Delete(written);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(written, options))
        {
            file.Write(key);
            file.Flush(flushToDisk: true);
        }

        File.Move(written, path, overwrite: true);
        return key;
    }
}
