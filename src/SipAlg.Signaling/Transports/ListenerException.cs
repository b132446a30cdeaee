using SipAlg.Linux;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Transports;

/// <summary>A listener could not be opened: the program cannot start. The message names listener, address, reason and a hint.</summary>
public sealed class ListenerException(ListenerOptions listener, int errno) : Exception($"{SummaryOf(listener, errno)}{(HintOf(listener.Address, errno) is { } hint ? $". {hint}." : "")}")
{
    public ListenerOptions Listener { get; } = listener;

    /// <summary>The system's error number.</summary>
    public int Errno { get; } = errno;

    /// <summary>Listener, address and reason.</summary>
    public string Summary => SummaryOf(Listener, Errno);

    /// <summary>What may be done; null where nobody knows.</summary>
    public string? Hint => HintOf(Listener.Address, Errno);

    private static string SummaryOf(ListenerOptions listener, int errno) =>
        $"Listener '{listener.Name}' cannot listen on {TransportNames.Text(listener.Transport)}://{listener.Address}: {LibC.Explain(errno)}";

    private static string? HintOf(IpEndpoint address, int errno) => errno switch
    {
        Errors.AddressInUse => $"Another program uses port {address.Port}: 'ss -lunt' names it",
        Errors.PermissionDenied or Errors.NotPermitted =>
            "Ports below 1024 want CAP_NET_BIND_SERVICE, or a lower net.ipv4.ip_unprivileged_port_start",
        Errors.AddressNotAvailable => "No interface of this host has that address: 'ip address' lists them",
        Errors.TooManyFiles or Errors.TooManyFilesInSystem => "Raise the limit of open files (LimitNOFILE, ulimit -n)",
        _ => null,
    };
}
