using SipAlg.Admin;
using SipAlg.Calls.Model;
using SipAlg.Configuration;
using SipAlg.Configuration.Checks;
using SipAlg.Configuration.Problems;
using SipAlg.Signaling.Transports;

namespace SipAlg.Hosting;

/// <summary>What the log says of a gateway that has started.</summary>
internal sealed class StartReport(Gateway gateway, ILogger log)
{
    /// <summary>Made when calls are taken; the log comes after.</summary>
    private readonly TimeSpan _readyAfter = DateTimeOffset.Now - ProcessFacts.Started;

    public void Write(string? configurationFile, IEnumerable<Problem> warnings)
    {
        HostingLog.Starting(
            log, ProcessFacts.Version, Environment.Version.ToString(), Environment.ProcessorCount, ProcessFacts.Collector, configurationFile ?? "embedded default");
        Privileges.Report(log);
        foreach (var warning in warnings)
        {
            HostingLog.ConfigurationWarning(log, warning.WithHint);
        }

        for (var listener = 0; listener < gateway.Listeners.Count; listener++)
        {
            WriteListener(listener);
        }

        foreach (var realm in gateway.Model.Realms)
        {
            WriteMedia(realm);
        }

        HostingLog.Layout(log, gateway.LaneCount, gateway.Relay.Threads, gateway.Relay.HasFastPath ? "kernel" : "user space");
        if (!gateway.Relay.HasFastPath)
        {
            HostingLog.NoFastPath(log, gateway.Relay.FastPathRefusal);
        }
        else if (gateway.Relay.IsFastPathByClsact)
        {
            HostingLog.FastPathByClsact(log);
        }

        if (gateway.Relay.HasBarriers)
        {
            HostingLog.Barriers(log);
        }

        if (gateway.Relay.MayNotRunFirst)
        {
            HostingLog.NotFirst(log);
        }

        WriteStrangers();
        WriteDescriptors();
        WriteSockets();
        if (HostFacts.Unknown.WithLimits().UsualReceiveBuffer is { } buffer && buffer < HostChecks.LeastMediaBuffer)
        {
            HostingLog.SmallMediaBuffer(log, buffer >> 10, HostChecks.LeastMediaBuffer);
        }

        HostingLog.Ready(log, (long)_readyAfter.TotalMilliseconds);
    }

    private void WriteStrangers()
    {
        if (gateway.Network.SteeringRefusal.Length == 0)
        {
            GateLog.StrangersApart(log);
        }
        else
        {
            GateLog.StrangersAmongAll(log, gateway.Network.SteeringRefusal);
        }
    }

    public void WriteAdmin(AdminServer admin)
    {
        HostingLog.Admin(log, admin.Address.ToString());
        if (admin.MetricsAddress is { } metrics)
        {
            HostingLog.Metrics(log, metrics.ToString());
        }
    }

    public void WriteListener(int index)
    {
        var listener = gateway.Listeners[index];
        var address = $"{TransportNames.Text(listener.Transport)}://{gateway.Network.Bound(index)}";
        if (listener.Transport != Transport.Udp)
        {
            HostingLog.ListensStream(log, listener.Name, address);
            return;
        }

        var granted = gateway.Network.ReceiveBuffer(index);
        HostingLog.ListensUdp(log, listener.Name, address, granted >> 10);
        var asked = new NetworkOptions { Listeners = [] }.ReceiveBuffer;
        if (granted < asked)
        {
            HostingLog.SmallBuffer(log, granted >> 10, asked >> 10);
        }
    }

    public void WriteMedia(Realm realm)
    {
        var pairs = Enumerable.Range(0, gateway.LaneCount).Sum(lane => gateway.Pools(lane, realm.Index).Sum(pool => pool.Capacity));
        HostingLog.MediaPorts(log, realm.Name, realm.Media.FirstPort, realm.Media.LastPort, pairs);
    }

    private void WriteDescriptors()
    {
        HostingLog.Descriptors(log, ProcessFacts.MostDescriptors);
        WarnOfDescriptors();
    }

    public void WarnOfDescriptors()
    {
        var limit = ProcessFacts.MostDescriptors;
        var wanted = SocketChoice.WantedBy(gateway.Model);
        if (limit < wanted && !gateway.Relay.SharesSockets)
        {
            HostingLog.FewDescriptors(log, limit, wanted);
        }
    }

    private void WriteSockets()
    {
        if (gateway.Relay.SharesSockets)
        {
            HostingLog.SharedSockets(log, gateway.Sockets.Reason);
        }
        else if (gateway.Sockets.Shares)
        {
            HostingLog.NoSharedSockets(log, gateway.Sockets.Reason, gateway.Relay.SharingRefusal);
        }
        else
        {
            HostingLog.SocketEach(log, gateway.Sockets.Reason);
        }
    }
}
