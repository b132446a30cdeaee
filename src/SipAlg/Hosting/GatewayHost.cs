using SipAlg.Admin;
using SipAlg.Admin.Access;
using SipAlg.Admin.Events;
using SipAlg.Admin.Overview;
using SipAlg.Calls.Calls;
using SipAlg.Commands;
using SipAlg.Hep;
using SipAlg.Journal;
using SipAlg.Logging;
using SipAlg.Metrics;
using SipAlg.Protection;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Tls;
using SipAlg.State;
using SipAlg.Tls;

namespace SipAlg.Hosting;

/// <summary>A gateway that runs, with all that is around it: journal, name resolution, admin server.</summary>
internal sealed partial class GatewayHost : IAsyncDisposable
{
    /// <summary>For what comes after the calls; a stop is done within 5 s of the end of its waiting.</summary>
    private static readonly TimeSpan TearDownWait = TimeSpan.FromSeconds(1.2);
    private static readonly TimeSpan StepWait = TimeSpan.FromMilliseconds(200);
    private const int LeftoverPage = 100;

    private readonly ProgramLog _programLog;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly FileWatch _watch;
    private readonly IdleTrim _trim;
    private readonly ListenerDrain _listeners;
    private readonly OldDecisions _decisions;
    private readonly TlsKeyring _keys;
    private readonly BindingState? _bindings;
    private readonly EventFeed _events;
    private readonly GatewayProtection _protection;
    private readonly CallTally _tally = new();
    private readonly LiveFigures _figures;
    private readonly AuditLog _audit;
    private PeerResolver _resolver;
    private AdvertiseResolver _advertised;
    private bool _isDown;

    private GatewayHost(RunRequest request, ProgramLog log, TimeProvider time)
    {
        var configuration = request.Configuration;
        (_programLog, _time) = (log, time);
        _log = log.Factory.CreateLogger<GatewayHost>();
        Journal = new CallJournal(configuration.Host.Cdr, log.Factory.CreateLogger<CallJournal>(), time);
        _events = new EventFeed(time, _log);
        _protection = new GatewayProtection(configuration.Host, _events, log.Factory.CreateLogger<GatewayProtection>(), time);
        var names = NameResolution.Open(configuration.Host.NameServers, time);
        _bindings = BindingState.Open(configuration, log.Factory.CreateLogger<BindingState>(), time);
        var tls = new TlsContext();
        _keys = new TlsKeyring(tls, log.Factory.CreateLogger<TlsKeyring>(), time);
        _keys.Take(configuration);
        Gateway = Gateway.Open(configuration.Model, names, Journal, new CallLog(log.Factory.CreateLogger<CallLog>(), time), time, _bindings?.Journal, ContactKeyFile.Open(configuration, _log), configuration.Host.Media, configuration.Host.TraceMemory, _events, _protection.Bans, _protection.Ledger, tls);
        tls.Troubled = new TlsTroubleReport(() => Gateway.Model, log.Factory.CreateLogger<TlsTroubleReport>(), time).Write;
        Journal.Recent.Configured(configuration.Model.Dialplan);
        Journal.Recent.Added = call =>
        {
            _tally.Add(call);
            _events.Ended(call);
        };
        _bindings?.Restore(Gateway);
        Gateway.Start();
        _resolver = new PeerResolver(configuration.Model, Gateway.Peers, names.FindAsync, Gateway.Found, _log, time);
        _resolver.Start();
        _advertised = new AdvertiseResolver(configuration.Model, names.FindAsync, Gateway.Advertise, _log, time);
        _advertised.Start();
        Hep = new HepExport(Gateway, log.Factory.CreateLogger<HepExport>(), time);
        _trim = new IdleTrim(() => Gateway.ActiveCalls, () => Gateway.Sip.Sum(lane => lane.Transactions.Count), _log, time);
        _trim.Start();
        _listeners = new ListenerDrain(Gateway, _log, time);
        _listeners.Start();
        _decisions = new OldDecisions(Gateway, Journal, _log, time);
        Drain = new Drain(Gateway, _log, time);
        Drain.Start();
        _keys.Start();
        _audit = new AuditLog(log.Factory.CreateLogger<AdminServer>(), time);
        Reloader = new Reloader(configuration, (running, files) => ConfigurationFile.Reload(request, running.Model, files), ApplyAsync, _log, time);
        _watch = new FileWatch(() => Reloader.Running.Host.ReloadsItself ? Reloader.Read ?? request.Files : null, reason => ReloadAsync(reason, "files"), time);
        _watch.Start();
        _figures = new LiveFigures(Gateway, _tally, time, _log);
        _events.Begin(new FeedSources(Gateway, Reloader, time));
    }

    public Gateway Gateway { get; }
    public CallJournal Journal { get; }
    public Reloader Reloader { get; }
    public Drain Drain { get; }

    /// <summary>Sends the messages of calls to a collector.</summary>
    public HepExport Hep { get; }
    public AdminServer Admin { get; private set; } = null!;

    /// <summary>Takes calls first; the admin server, which takes longer to start, follows.</summary>
    /// <exception cref="Signaling.Transports.ListenerException">An address cannot be had.</exception>
    /// <exception cref="FastPathException">Media cannot be relayed in the kernel, as is required.</exception>
    /// <exception cref="AdminListenerException">As the first, of the admin server.</exception>
    public static async Task<GatewayHost> StartAsync(RunRequest request, ProgramLog log, TimeProvider time)
    {
        var host = new GatewayHost(request, log, time);
        var report = new StartReport(host.Gateway, host._log);
        report.Write(request.ConfigurationFile, request.Warnings);
        await host.Hep.TakeAsync(request.Configuration.Host.Hep).ConfigureAwait(false);
        await host._protection.BeginAsync(host.Gateway).ConfigureAwait(false);
        try
        {
            var settings = request.Configuration.Host.Admin;
            host.Admin = await AdminServer.StartAsync(settings, host.Gateway, host.Journal, host.Reloader, host.Drain, host._audit, new GatewayMetrics(host.Gateway, host.Journal, host.Reloader, host._keys, host.Hep.Counters, new ProtectionMetrics(host.Gateway, host._protection.Kernel), log, host._bindings), host._events, host._figures, log.Factory).ConfigureAwait(false);
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        report.WriteAdmin(host.Admin);
        request.Started();
        return host;
    }

    /// <summary>Ends the calls, then everything.</summary>
    /// <param name="endNow">Cuts the waits for calls short.</param>
    /// <returns>false: something did not end in time and is left to the end of the process.</returns>
    public async Task<bool> StopAsync(CancellationToken endNow)
    {
        await new StopSequence(Gateway, _log, _time).RunAsync(Reloader.Running.Model.Calls.StopWait, endNow).ConfigureAwait(false);
        var unanswered = Gateway.ActiveCalls;
        try
        {
            await Task.Run(async () => await DisposeAsync().ConfigureAwait(false), CancellationToken.None).WaitAsync(TearDownWait, _time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            HostingLog.StopIncomplete(_log);
            return false;
        }

        HostingLog.Stopped(_log, unanswered);
        return true;
    }

    /// <summary>Ends everything at once; calls are left as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDown)
        {
            return;
        }

        _isDown = true;
        _trim.Dispose();
        await Reloader.DisposeAsync().ConfigureAwait(false);
        await _watch.DisposeAsync().ConfigureAwait(false);
        await _listeners.DisposeAsync().ConfigureAwait(false);
        await _decisions.DisposeAsync().ConfigureAwait(false);
        await Drain.DisposeAsync().ConfigureAwait(false);
        await _keys.DisposeAsync().ConfigureAwait(false);
        if (Admin is not null)
        {
            await Admin.DisposeAsync().ConfigureAwait(false);
        }

        _events.Dispose();
        _figures.Dispose();

        await _resolver.DisposeAsync().ConfigureAwait(false);
        await _advertised.DisposeAsync().ConfigureAwait(false);
        if (await Gateway.StopAsync(StepWait).ConfigureAwait(false))
        {
            WriteLeftovers();
        }

        await Hep.DisposeAsync().ConfigureAwait(false);
        await Journal.DisposeAsync().ConfigureAwait(false);
        _bindings?.Dispose();
        await _protection.DisposeAsync().ConfigureAwait(false);

        Gateway.Relay.Dispose();
    }

    /// <summary>Calls whose far side did not answer BYE get their record too. The lanes have ended: their calls are nobody's now.</summary>
    private void WriteLeftovers()
    {
        var page = new CallRecord[LeftoverPage];
        foreach (var lane in Gateway.Calls)
        {
            for (var slot = 0; slot >= 0;)
            {
                slot = lane.List(slot, page, out var count);
                Array.ForEach(page[..count], WriteLeftover);
            }
        }
    }

    private void WriteLeftover(CallRecord record)
    {
        if (record.Ended is null)
        {
            record.Ended = _time.GetUtcNow();
            record.Cause = CallCause.GatewayStopped;
        }

        Journal.Ended(record);
    }
}
