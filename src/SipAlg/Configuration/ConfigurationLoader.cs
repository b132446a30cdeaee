using SipAlg.Calls.Bans;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Building;
using SipAlg.Configuration.Checks;
using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Reloading;
using SipAlg.Configuration.Tables;
using SipAlg.Configuration.Yaml;
using SipAlg.State;

namespace SipAlg.Configuration;

/// <summary>
/// Files to options to model: reads, binds and checks, collecting every problem; the model is built only when there is no error.
/// </summary>
internal sealed class ConfigurationLoader(ISourceFiles files, Func<string, string?> environment, HostFacts host, Random random)
{
    /// <summary>What has expired is an error, as <c>sipalg check</c> wants it.</summary>
    public bool IsStrict { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The variable of the embedded default.</summary>
    private const string HostAddress = "HOST_ADDRESS";

    /// <summary>Reads a configuration file of this host.</summary>
    /// <param name="path">The file.</param>
    /// <param name="checksLimits">Warns of what the system gives too little of.</param>
    /// <param name="before">The model of the gateway that runs; null at a start.</param>
    /// <param name="files">Null: those of the disk.</param>
    public static LoadResult LoadFile(string path, bool checksLimits = false, GatewayModel? before = null, ISourceFiles? files = null) =>
        new ConfigurationLoader(
            files ?? new DiskFiles(), Environment.GetEnvironmentVariable, checksLimits ? HostFacts.Read().WithLimits() : HostFacts.Read(), Random.Shared) { IsStrict = checksLimits }.Load(path, before);

    /// <summary>
    /// Reads the configuration that the program carries. What it says of this host's gateways would only confuse: who is no user
    /// reaches nothing but the gateway's own services.
    /// </summary>
    public static LoadResult LoadDefault(DemoUsers users, GatewayModel? before = null) =>
        new ConfigurationLoader(new EmbeddedFiles(users), name => name == HostAddress ? HostAddresses.Read().Usual : null, HostFacts.Unknown, Random.Shared)
            .Load(EmbeddedFiles.Configuration, before);

    /// <summary>
    /// What a file says of the admin server, whatever else in it is wrong, and without what it leads to: who asks a running gateway need not
    /// know the secrets of its peers, nor wait for a million rows.
    /// </summary>
    /// <returns>Null when that cannot be read.</returns>
    public static AdminSettings? FindAdmin(string path)
    {
        var (files, others, problems) = (new DiskFiles(), new ProblemList(), new ProblemList());
        if (!files.TryRead(path, out var text, out _) ||
            YamlReader.Read(path, text, others, new Interpolation(path, files, Environment.GetEnvironmentVariable, others).Configuration) is not MappingNode configuration)
        {
            return null;
        }

        var written = configuration.Entries.FirstOrDefault(entry => entry.Key == "admin").Value;
        var admin = written is null ? null : AdminOptions.Shape.Bind(written, "admin", problems)?.Value;
        return problems.HasErrors ? null : SettingsBuilder.Admin(admin);
    }

    /// <param name="path">The file.</param>
    /// <param name="before">The model that the new one takes the place of.</param>
    public LoadResult Load(string path, GatewayModel? before = null)
    {
        var problems = new ProblemList();
        var options = ReadOptions(path, problems);
        if (options is null)
        {
            return new LoadResult(null, problems.Sorted());
        }

        var dialplans = options.Dialplan is { } dialplan ? new DialplanSource(files, environment, problems).Read(dialplan, path) : [];
        using var pause = new CollectionPause(isStart: before is null);
        var users = new UserSource(files, environment, problems).Read(options.Users, path, pause);
        var lists = new DialplanLists(new TableSource(files, problems, path).Read(options.Tables), ReadHolidays(dialplans, problems));
        var access = new AccessSource(files, problems, path).Read(options);
        var scanners = ScannerSource.Read(options.Bans?.Scanners, files, path, problems);
        Check(options, users, dialplans, lists, problems);
        AccessChecks.Run(options, access, problems);
        var loaded = problems.HasErrors ? null : Build(options, users, dialplans, lists, access, scanners, path, before);
        if (loaded is not null)
        {
            Unreachable(loaded.Model.Dialplan, dialplans, problems);
        }

        return new LoadResult(loaded, problems.Sorted());
    }

    private GatewayOptions? ReadOptions(string path, ProblemList problems)
    {
        var start = new SourcePosition(path, 1, 1);
        if (!files.TryRead(path, out var text, out var fault))
        {
            problems.Error(start, $"the configuration cannot be read: {fault}");
            return null;
        }

        var interpolation = new Interpolation(path, files, environment, problems);
        var node = YamlReader.Read(path, text, problems, interpolation.Configuration);
        if (node is null && !problems.HasErrors)
        {
            problems.Error(start, "the configuration is empty", "docs/configuration.md shows what belongs here");
        }

        var options = node is null ? null : GatewayOptions.Shape.Bind(node, "configuration", problems)?.Value;
        if (options is not null)
        {
            options.Node = node;
        }

        return options;
    }

    private Dictionary<SourcePosition, Holidays> ReadHolidays(IReadOnlyList<DialplanOptions> dialplans, ProblemList problems)
    {
        var source = new HolidaySource(files, problems);
        var found = new Dictionary<SourcePosition, Holidays>();
        foreach (var written in dialplans.SelectMany(dialplan => dialplan.Routes).SelectMany(route => new[] { route.Value.When?.Holidays, route.Value.When?.Not?.Holidays }).OfType<Located<string>>())
        {
            if (source.Read(written) is { } holidays)
            {
                found[written.At] = holidays;
            }
        }

        return found;
    }

    private void Check(GatewayOptions options, IReadOnlyList<Named<UserOptions>> users, IReadOnlyList<DialplanOptions> dialplans, DialplanLists lists, ProblemList problems)
    {
        var names = new NameTable(options, users, problems);
        AdminChecks.Run(options.Admin, problems);
        CdrChecks.Run(options.Cdr, relative => files.Resolve(options.At.File, relative), problems);
        TraceChecks.Run(options.Trace, problems);
        RealmChecks.Run(options, host, problems);
        KeyChecks.Run(options, problems);
        HostChecks.Run(options, host, problems);
        PortChecks.Run(options, problems);
        PeerChecks.Run(options, host, names, problems);
        ReachChecks.Run(options, problems);
        new TlsChecks(files, relative => files.Resolve(options.At.File, relative), Clock.GetUtcNow(), IsStrict, problems).Run(options);
        UserChecks.Run(options, users, problems);
        RegistrationChecks.Run(options, names, problems);
        FraudChecks.Run(options, users, names, problems);
        var routes = new RouteChecks(names, lists, problems);
        foreach (var route in dialplans.SelectMany(dialplan => dialplan.Routes))
        {
            routes.Run(route);
        }

        foreach (var test in dialplans.SelectMany(dialplan => dialplan.Tests))
        {
            names.Realm(test.Value.Request.Realm);
            names.Peer(test.Value.Request.Peer);
            names.User(test.Value.Request.User);
        }
    }

    private LoadedConfiguration Build(
        GatewayOptions options, IReadOnlyList<Named<UserOptions>> users, IReadOnlyList<DialplanOptions> dialplans, DialplanLists lists, AccessLists access, ScannerSignatures scanners, string path, GatewayModel? before)
    {
        var routes = dialplans.SelectMany(dialplan => dialplan.Routes).Select(route => route.Value);
        var model = ModelBuilder.Build(options, users, new FraudBuilder(options.Fraud, lists), before, access, (realms, peers, known) =>
            new RouteTable([.. routes.Select((route, index) => new DialplanRouteBuilder(realms, peers, known, lists).Build(route, index + 1))], random));
        var settings = SettingsBuilder.Build(options, relative => Path.GetFullPath(files.Resolve(path, relative))) with { Bans = SettingsBuilder.Bans(options.Bans, scanners) };
        return new LoadedConfiguration(model, settings, [.. dialplans.SelectMany(dialplan => dialplan.Tests).Select(test => test.Value)])
        {
            Places = FixedPlaces.Of(options),
            Written = WrittenConfiguration.Of(options.Node!, dialplans.Select(dialplan => dialplan.Node!)),
        };
    }

    private static void Unreachable(RouteTable table, IReadOnlyList<DialplanOptions> dialplans, ProblemList problems)
    {
        var positions = dialplans.SelectMany(dialplan => dialplan.Routes).Select(route => route.At).ToArray();
        for (var later = 1; later < table.Routes.Length; later++)
        {
            if (table.Routes.Take(later).FirstOrDefault(earlier => RouteCoverage.Covers(earlier, table.Routes[later])) is { } earlier)
            {
                problems.Warn(positions[later], $"route '{table.Routes[later].Name}' is never reached: '{earlier.Name}' ({earlier.Position}) takes all its requests",
                    "move it up, or narrow the earlier one");
            }
        }
    }
}
