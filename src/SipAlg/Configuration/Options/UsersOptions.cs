using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Options;

/// <summary>The <c>users</c>: a mapping, or the path of a file or folder that holds them.</summary>
internal sealed class UsersOptions
{
    /// <summary>Of a file, or of a folder of files; null when they are written in place.</summary>
    public Located<string>? Path { get; private init; }

    public IReadOnlyList<Named<UserOptions>> Written { get; private init; } = [];

    /// <summary>What a file of users holds.</summary>
    public static MapShape<UserOptions> List { get; } = new(UserOptions.Shape, UserNames.Fault, names: UserNames.Schema);

    public static Shape<UsersOptions> Shape { get; } = new EitherShape<UsersOptions>(
        "a mapping of users, or the path of a file or a folder",
        new PathShape(),
        mapping: new MappedShape<IReadOnlyList<Named<UserOptions>>, UsersOptions>(List, users => new UsersOptions { Written = users }));

    private sealed class PathShape : Shape<UsersOptions>
    {
        public override string Description => Scalars.Path.Description;

        public override Located<UsersOptions>? Bind(Yaml.ConfigNode node, string key, ProblemList problems) =>
            Scalars.Path.Bind(node, key, problems) is { } path ? new Located<UsersOptions>(new UsersOptions { Path = path }, path.At) : null;

        public override System.Text.Json.Nodes.JsonObject Schema() => Scalars.Path.Schema();
    }
}
