"""What lives longer than a call: state, files, connections, clients and caches."""
