using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using SipAlg.Admin.Access;
using SipAlg.Admin.Description;
using SipAlg.Admin.Events;
using SipAlg.Admin.Overview;
using SipAlg.Admin.Written;
using SipAlg.Configuration;
using SipAlg.Hosting;
using SipAlg.Journal;
using SipAlg.Metrics;
using SipAlg.Protocol.Addresses;
using SipAlg.WebConsole;

namespace SipAlg.Admin;

/// <summary>HTTP for operators: health, metrics and the API, on the admin listener; metrics alone on a second one where configured.</summary>
internal sealed class AdminServer : IAsyncDisposable
{
    public const int MostRequestBody = 64 * 1024;
    private const int MostConnections = 200;
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopWait = TimeSpan.FromMilliseconds(200);

    private readonly WebApplication _application;

    private AdminServer(WebApplication application) => _application = application;

    /// <summary>Where it listens, with the port that the system chose for port 0.</summary>
    public IpEndpoint Address { get; private set; }

    /// <summary>Null: metrics are at <see cref="Address"/> only.</summary>
    public IpEndpoint? MetricsAddress { get; private set; }

    /// <exception cref="AdminListenerException">An address cannot be had.</exception>
    public static async Task<AdminServer> StartAsync(AdminSettings settings, Gateway gateway, CallJournal journal, Reloader reloader, Drain drain, AuditLog audit, GatewayMetrics metrics, EventFeed events, LiveFigures figures, ILoggerFactory loggers)
    {
        using var sockets = new AdminSockets();
        var application = Build(settings, sockets, loggers);
        var log = loggers.CreateLogger<AdminServer>();
        var sessions = new AdminSessions(gateway.Time);
        var (access, brake) = (new AdminAccess(settings, sessions), new GuessBrake(gateway.Time));
        var guard = new AdminGuard(settings, access, brake, audit, log);
        application.Use(next => context => guard.InvokeAsync(context, next));
        new HealthApi(gateway).Map(application);
        new MetricsApi(metrics).Map(application);
        new LoginApi(access, sessions, brake, audit, log).Map(application);
        new CallsApi(gateway, journal, log).Map(application);
        new PeersApi(gateway).Map(application);
        new RegistrationsApi(gateway, log).Map(application);
        new RegistrationFailuresApi(journal.Failures).Map(application);
        new BansApi(gateway.Bans).Map(application);
        new AccountsApi(gateway).Map(application);
        new RouteApi(gateway).Map(application);
        new DrainApi(gateway, drain, log).Map(application);
        new ReloadApi(reloader, log).Map(application);
        new AuditApi(audit).Map(application);
        new EventsApi(events, sessions, application.Lifetime.ApplicationStopping).Map(application);
        new OverviewApi(gateway, reloader, drain, figures).Map(application);
        new ConfigurationApi(reloader).Map(application);
        new OpenApi(application).Map(application);
        new ConsoleFiles().Map(application);
        var server = new AdminServer(application);
        await server.ListenAsync(settings.Metrics is not null).ConfigureAwait(false);
        return server;
    }

    /// <summary>What it serves.</summary>
    internal IEnumerable<RouteEndpoint> Endpoints => ((IEndpointRouteBuilder)_application).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    public async ValueTask DisposeAsync()
    {
        using var wait = new CancellationTokenSource(StopWait);
        await _application.StopAsync(wait.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static WebApplication Build(AdminSettings settings, AdminSockets sockets, ILoggerFactory loggers)
    {
        var admin = sockets.Bind(settings.Listen);
        var metrics = settings.Metrics is null ? null : sockets.Bind(settings.Metrics.Listen);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, SignalsStayOurs>();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = sockets.Take);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxRequestBodySize = MostRequestBody;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
            kestrel.Listen(admin, listen => MarkDoor(listen, AdminDoor.Admin));
            if (metrics is not null)
            {
                kestrel.Listen(metrics, listen => MarkDoor(listen, AdminDoor.Metrics));
            }
        });
        return builder.Build();
    }

    private static void MarkDoor(ListenOptions listen, AdminDoor door)
    {
        var feature = new DoorFeature(door);
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection =>
        {
            connection.Features.Set(feature);
            return next(connection);
        });
    }

    private async Task ListenAsync(bool hasMetrics)
    {
        await _application.StartAsync().ConfigureAwait(false);
        var bound = _application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(FromText).ToArray();
        Address = bound[0];
        MetricsAddress = hasMetrics ? bound[1] : null;
    }

    private static IpEndpoint FromText(string url) => IpEndpoint.Parse(new Uri(url).Authority);

    /// <summary>The program has its own signals; the web host's would stop it without a word to the calls.</summary>
    private sealed class SignalsStayOurs : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
