using System.Security.Cryptography;
using System.Text;

namespace SipAlg.State;

/// <summary>
/// The users of the embedded default: made with passwords of their own at its first start, and kept in a file that is a
/// <c>users</c> file like any other. The passwords stand in it as they are, since their digest hashes would be as good to a
/// thief, and good for one address of this host only.
/// </summary>
internal sealed class DemoUsers
{
    public const string FileName = "demo-users.yaml";

    /// <summary>Without what is mistaken for one another when it is read from a screen.</summary>
    private const string Characters = "abcdefghijkmnpqrstuvwxyz23456789";

    /// <summary>80 bits.</summary>
    private const int PasswordLength = 16;

    private DemoUsers(string path, IReadOnlyList<DemoUser> made) => (Path, Made) = (path, made);

    /// <summary>Of the file, absolute.</summary>
    public string Path { get; }

    /// <summary>Empty when the file was there.</summary>
    public IReadOnlyList<DemoUser> Made { get; }

    /// <summary>The file's, before it is written.</summary>
    public string Text => $"""
        # The users of the embedded default, made at its first start. Whoever reads this can register as one of them.
        # Delete the file to have new ones made, or name it in a sipalg.yaml of your own: users: state/{FileName}
        {string.Join('\n', Made.Select(user => $"{user.Name}: {{ password: '{user.Password}', numbers: '{user.Number}' }}"))}

        """;

    /// <summary>Those of the file; else new ones, which are in no file before <see cref="Keep"/>.</summary>
    /// <param name="folder">The state folder.</param>
    public static DemoUsers Open(string folder)
    {
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, FileName));
        return new DemoUsers(path, File.Exists(path) ? [] : [Make("alice", "101"), Make("bob", "102")]);
    }

    /// <summary>Writes new ones, for this account's eyes only and whole or not at all.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Keep()
    {
        if (Made.Count > 0)
        {
            PrivateFile.Write(Path, Encoding.UTF8.GetBytes(Text), overwrite: false);
        }
    }

    private static DemoUser Make(string name, string number) => new(name, RandomNumberGenerator.GetString(Characters, PasswordLength), number);
}

/// <param name="Name">Its user name.</param>
/// <param name="Password">What is typed into the phone.</param>
/// <param name="Number">What others dial.</param>
internal sealed record DemoUser(string Name, string Password, string Number);
