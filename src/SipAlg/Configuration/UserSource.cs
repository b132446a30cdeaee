using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration;

/// <summary>Reads the users: those of the configuration, of another file, or of a folder's files in name order.</summary>
internal sealed class UserSource(ISourceFiles files, Func<string, string?> environment, ProblemList problems)
{
    /// <param name="users">What <c>users</c> says; null when it says nothing.</param>
    /// <param name="configuration">The file that says it.</param>
    /// <param name="pause">Told of how much there is to read.</param>
    public IReadOnlyList<Named<UserOptions>> Read(UsersOptions? users, string configuration, CollectionPause pause)
    {
        if (users?.Path is not { } path)
        {
            return users?.Written ?? [];
        }

        var resolved = files.Resolve(configuration, path.Value);
        var listed = files.ListYaml(resolved);
        if (listed is { Count: 0 })
        {
            problems.Error(path.At, $"the folder of users '{path.Value}' holds no *.yaml that can be read");
        }

        IReadOnlyList<string> all = listed ?? [resolved];
        pause.Expect(all.Sum(Length));

        // Many users are many files; each reports into a list of its own, so that they can be read side by side.
        var read = all.AsParallel().AsOrdered().Select(file => ReadFile(file, path)).ToArray();
        problems.AddRange(read.SelectMany(file => file.Problems));
        return [.. read.SelectMany(file => file.Users)];
    }

    private long Length(string file)
    {
        if (!files.TryOpen(file, out var stream, out _))
        {
            return 0;
        }

        using (stream)
        {
            return stream.Length;
        }
    }

    private (IReadOnlyList<Named<UserOptions>> Users, IReadOnlyList<Problem> Problems) ReadFile(string file, Located<string> path)
    {
        var found = new ProblemList();
        if (!files.TryRead(file, out var text, out var fault))
        {
            found.Error(path.At, $"the users '{file}' cannot be read: {fault}", "paths are relative to the configuration file");
            return ([], found.Sorted());
        }

        if (ReadLines(file, text, found) is { } lines)
        {
            return (lines, found.Sorted());
        }

        // A file of nothing but comments has no users, as a folder's first one may.
        var node = YamlReader.Read(file, text, found, new Interpolation(file, files, environment, found).Configuration);
        return (node is null ? [] : UsersOptions.List.Bind(node, "users", found)?.Value ?? [], found.Sorted());
    }

    /// <summary>Users of a file that has one a line: each is bound before the next is read, so that little is held at once.</summary>
    /// <returns>Null when the file is of another form; then nothing is reported.</returns>
    private static List<Named<UserOptions>>? ReadLines(string file, string text, ProblemList found)
    {
        var users = new List<Named<UserOptions>>();
        var reported = new ProblemList();
        var reader = new FlatReader(file, text);
        while (reader.TryRead(out var entry))
        {
            if (UsersOptions.List.BindEntry(entry, reported) is { } user)
            {
                users.Add(user);
            }
        }

        if (reader.IsOther)
        {
            return null;
        }

        found.AddRange(reported.Sorted());
        return users;
    }
}
