using System.Runtime.Versioning;
using SipAlg.Configuration;
using SipAlg.State;

namespace SipAlg.Tests.State;

[SupportedOSPlatform("linux")]
public sealed class DemoUsersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;

    private string State => Path.Combine(_folder, "state");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_has_a_password_of_its_own_that_nobody_guesses()
    {
        var passwords = Enumerable.Range(0, 50).SelectMany(_ => DemoUsers.Open(State).Made).Select(user => user.Password).ToArray();
        Assert.Equal(100, passwords.Distinct().Count());
        Assert.All(passwords, password => Assert.Matches("^[a-z2-9]{16}$", password));
        Assert.Equal(32, string.Concat(passwords).Distinct().Count());
    }

    [Fact]
    public void They_are_kept_for_the_account_that_made_them_alone()
    {
        var made = DemoUsers.Open(State);
        Assert.False(Directory.Exists(State));
        made.Keep();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(made.Path));
        Assert.Equal([made.Path], Directory.GetFiles(State));

        var kept = DemoUsers.Open(State);
        Assert.Empty(kept.Made);
        kept.Keep();
        Assert.All(made.Made, user => Assert.Contains($"{user.Name}: {{ password: '{user.Password}', numbers: '{user.Number}' }}\n", File.ReadAllText(kept.Path), StringComparison.Ordinal));
    }

    [Fact]
    public void Who_deletes_the_file_gets_new_ones()
    {
        var made = DemoUsers.Open(State);
        made.Keep();
        File.Delete(made.Path);
        Assert.Empty(DemoUsers.Open(State).Made.Select(user => user.Password).Intersect(made.Made.Select(user => user.Password)));
    }

    [Fact]
    public void The_file_may_be_edited_like_any_file_of_users_and_its_errors_are_told_as_such()
    {
        DemoUsers.Open(State).Keep();
        var kept = DemoUsers.Open(State);
        File.AppendAllText(kept.Path, "carol: { password: hers, numbers: '103' }\n");
        Assert.Equal("carol", ConfigurationLoader.LoadDefault(kept).Configuration!.Model.Users.Find("103")!.Name);

        File.AppendAllText(kept.Path, "dave: { numbers: '104' }\n");
        var problem = Assert.Single(ConfigurationLoader.LoadDefault(kept).Problems);
        Assert.StartsWith($"{kept.Path}:6:1: ", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_had_is_said()
    {
        File.WriteAllText(State, "no folder");
        Assert.Throws<IOException>(DemoUsers.Open(State).Keep);
    }
}
