using SipAlg.Hosting;
using SipAlg.Signaling.Traces;

namespace SipAlg.Hep;

/// <summary>
/// This room sends the messages of calls to a Homer collector in the format HEP version 3, from where they are kept: lanes and calls know
/// nothing of it. This file: where they go now.
/// </summary>
internal sealed class HepExport(Gateway gateway, ILogger<HepExport> log, TimeProvider time) : IAsyncDisposable
{
    private HepSettings? _settings;
    private HepSender? _sender;

    /// <summary>Over all places that they went to.</summary>
    public HepCounters Counters { get; } = new();

    /// <summary>Messages go there from now on.</summary>
    /// <param name="settings">Null: nowhere.</param>
    public async Task TakeAsync(HepSettings? settings)
    {
        if (settings == _settings)
        {
            return;
        }

        await DisposeAsync().ConfigureAwait(false);
        _settings = settings;
        if (settings is not null)
        {
            HepLog.Sends(log, settings.Target, settings.Id);
            _sender = new HepSender(settings, gateway.Contexts.Select(lane => lane.Trace).OfType<MessageTrace>(), new HepLink(settings, gateway.Names.FindAsync, time), Counters, log, time);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_sender is { } sender)
        {
            _sender = null;
            await sender.DisposeAsync().ConfigureAwait(false);
        }
    }
}
